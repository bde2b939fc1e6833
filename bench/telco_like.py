"""A generated file of the shape of docs/examples/telco.toml: one order per row, no names, no e-mail addresses."""

import csv
import random
from pathlib import Path

HEADER = [
    "CustomerID", "Country", "State", "City", "Zip_Code", "Tenure_Months", "Internet_Service", "Paperless_Billing",
    "Payment_Method", "Monthly_Charges", "Churn_Label",
]  # fmt: skip
AREAS = [f"Area {number}" for number in range(1, 1201)]
SERVICES = ["DSL", "Fiber optic", "No"]
PAYMENTS = ["Bank transfer (automatic)", "Credit card (automatic)", "Electronic check", "Mailed check"]


def write_telco_like(path: Path, rows: int) -> None:
    """Writes the file, the same each time."""
    chance = random.Random(2026)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(1, rows + 1):
            area = chance.choice(AREAS)
            writer.writerow(
                [
                    f"{number:07d}-TELCO", "United States", "California", area, f"9{hash_of(area):04d}",
                    chance.randint(0, 72), chance.choice(SERVICES), chance.choice(["Yes", "No"]),
                    chance.choice(PAYMENTS), f"{chance.randint(1800, 12000) / 100:.2f}",
                    "Yes" if chance.random() < 0.27 else "No",
                ]
            )  # fmt: skip


def hash_of(area: str) -> int:
    """Four digits that belong to an area."""
    return int(area.removeprefix("Area "))
