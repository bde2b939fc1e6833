"""The telco file: the real one where it lies beside the checkout, and a generated one of the same shape everywhere.

The generated file has the real one's columns and figures: 7,043 rows, 1,869 of customers who have left, 150 in San
Diego of whom 50 have left, 11 blank total charges.
"""

import csv
from pathlib import Path

from tests.support.layers import ROOT

MAP = ROOT / "docs" / "examples" / "telco.toml"
REAL_FILE = ROOT.parent / "shared" / "data" / "telco_customers.csv"
NOT_THERE = f"There is no real telco file at {REAL_FILE}: only a generated file of the same shape was imported."

ROWS, LEFT = 7_043, 1_869
SAN_DIEGO, SAN_DIEGO_LEFT = 150, 50
HEADER = [
    "CustomerID", "Count", "Country", "State", "City", "Zip_Code", "Lat_Long", "Latitude", "Longitude", "Gender",
    "Senior_Citizen", "Partner", "Dependents", "Tenure_Months", "Phone_Service", "Multiple_Lines", "Internet_Service",
    "Online_Security", "Online_Backup", "Device_Protection", "Tech_Support", "Streaming_TV", "Streaming_Movies",
    "Contract", "Paperless_Billing", "Payment_Method", "Monthly_Charges", "Total_Charges", "Churn_Label",
    "Churn_Value", "Churn_Score", "CLTV", "Churn_Reason",
]  # fmt: skip
SERVICES = ("DSL", "Fiber optic", "No")
PAYMENTS = ("Bank transfer (automatic)", "Credit card (automatic)", "Electronic check", "Mailed check")


def write_like_telco(path: Path) -> Path:
    """Writes the generated file, the same each time."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER, restval="No")
        writer.writeheader()
        writer.writerows(_make_row(number) for number in range(ROWS))
    return path


def _make_row(number: int) -> dict[str, str]:
    in_san_diego = number < SAN_DIEGO
    left = number < SAN_DIEGO_LEFT or SAN_DIEGO <= number < SAN_DIEGO + LEFT - SAN_DIEGO_LEFT
    tenure = number % 73
    return {
        "CustomerID": f"{number:04d}-GENXX",
        "Count": "1",
        "Country": "United States",
        "State": "California",
        "City": "San Diego" if in_san_diego else f"Town {number % 1_128}",
        "Zip_Code": str(90_000 + number % 1_652),
        "Lat_Long": "32.713, -117.17",
        "Gender": ("Male", "Female")[number % 2],
        "Tenure_Months": str(tenure),
        "Internet_Service": SERVICES[number % 3],
        "Paperless_Billing": ("Yes", "No")[number % 2],
        "Payment_Method": PAYMENTS[number % 4],
        "Monthly_Charges": f"{18.25 + number % 100:.2f}".rstrip("0").rstrip("."),
        "Total_Charges": " " if tenure == 0 and number < 11 * 73 else str(tenure * 20),
        "Churn_Label": "Yes" if left else "No",
        "Churn_Reason": "Moved, or “other”" if left else "",
    }
