"""Words that invented people, businesses, streets and areas are made of."""

GIVEN_NAMES = (
    "Aaliyah", "Adrian", "Aiko", "Amara", "Amir", "Ana", "Anders", "Anika", "Arjun", "Astrid", "Beatriz", "Ben",
    "Carmen", "Chen", "Chidi", "Clara", "Dalia", "Daniel", "Diego", "Dmitri", "Elena", "Elif", "Emeka", "Emma",
    "Erik", "Esther", "Fatima", "Felix", "Fiona", "Gabriel", "Grace", "Hana", "Hassan", "Helen", "Hiro", "Ibrahim",
    "Ingrid", "Isabel", "Ivan", "Jamal", "Jin", "Joana", "Jonas", "Kavya", "Keanu", "Kofi", "Laila", "Lars", "Leila",
    "Liam", "Lucía", "Luis", "Malik", "Maren", "Marek", "Maria", "Mei", "Miguel", "Mina", "Nadia", "Naomi", "Ngozi",
    "Nikhil", "Noah", "Nora", "Olga", "Omar", "Oscar", "Paolo", "Petra", "Priya", "Quinn", "Rafael", "Rania", "Ravi",
    "Rosa", "Ruth", "Samir", "Sana", "Sara", "Sean", "Selin", "Sofía", "Stefan", "Sunita", "Tadashi", "Tala", "Teresa",
    "Thandi", "Tomás", "Uma", "Valeria", "Victor", "Wei", "Yara", "Yusuf", "Zara", "Zoë",
)  # fmt: skip

FAMILY_NAMES = (
    "Abbasi", "Abebe", "Achterberg", "Adeyemi", "Aguilar", "Almeida", "Andersen", "Aoki", "Banerjee", "Baptiste",
    "Becker", "Bianchi", "Bondarenko", "Brennan", "Castillo", "Chaudhry", "Chowdhury", "Cohen", "Costa", "Dang",
    "Delgado", "Demir", "Dlamini", "Dubois", "Eriksen", "Farouk", "Fernández", "Fitzgerald", "Forsyth", "Fujita",
    "Gallagher", "García", "Goldberg", "Gupta", "Haddad", "Hansen", "Hoang", "Horvat", "Ibarra", "Ishikawa", "Ivanova",
    "Jankowski", "Kaplan", "Karlsson", "Kaya", "Khalil", "Kim", "Kovács", "Kowalczyk", "Kruger", "Lam", "Lindqvist",
    "López", "Mahmoud", "Makinde", "Marchetti", "McAllister", "Mendoza", "Mensah", "Moreau", "Murphy", "Nair",
    "Nakagawa", "Navarro", "Nguyen", "Novak", "Núñez", "O'Connor", "Okafor", "Olsen", "Oyelaran", "Park", "Patel",
    "Pereira", "Popescu", "Quispe", "Rahman", "Ramírez", "Reyes", "Rossi", "Saito", "Santos", "Schneider", "Sharma",
    "Silva", "Sørensen", "Stewart", "Suzuki", "Tanaka", "Tesfaye", "Torres", "Tran", "Vargas", "Vasquez", "Virtanen",
    "Weber", "Whitaker", "Yamamoto", "Yildiz", "Zhang", "Zielinski",
)  # fmt: skip

TRADES = (
    "Bakery", "Bicycles", "Bookshop", "Café", "Carpentry", "Clinic", "Coffee Roasters", "Dental", "Design", "Florist",
    "Garage", "Hardware", "Insurance", "Kitchen", "Landscaping", "Law Office", "Logistics", "Music School", "Optics",
    "Pharmacy", "Plumbing", "Print Shop", "Salon", "Tailoring", "Translations", "Veterinary", "Winery",
)  # fmt: skip

STREETS = (
    "Alder Street", "Bayberry Lane", "Beacon Road", "Cannery Row", "Cedar Avenue", "Chapel Hill Road", "Dock Street",
    "Elm Court", "Ferry Lane", "Foundry Street", "Garden Way", "Heron Drive", "Juniper Street", "Lantern Hill",
    "Main Street", "Maple Avenue", "Mill Road", "Orchard Lane", "Pioneer Way", "Quarry Road", "Ridge Road",
    "Saltworks Road", "School Street", "Sycamore Drive", "Tanner Street", "Vineyard Road", "Willow Street",
)  # fmt: skip

AREAS = (
    # Area, postal code, how many of a hundred orders.
    ("Mill Creek", "96011", 22),
    ("Harbor District", "96012", 18),
    ("Old Town", "96013", 15),
    ("Cedar Flats", "96021", 13),
    ("North Ridge", "96022", 11),
    ("Lakeside", "96031", 9),
    ("Orchard Valley", "96032", 7),
    ("Pine Summit", "96041", 5),
)
STORM_AREA = "Mill Creek"
