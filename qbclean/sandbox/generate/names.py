"""Pools of made-up words for people, firms, streets and work; nothing here belongs to anybody."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN = _words(
    "John Mary Robert Linda Michael Barbara William Susan David "
    "Karen Richard Lisa Joseph Nancy Thomas Betty Charles "
    "Sandra Daniel Ashley Matthew Kimberly Anthony Donna Mark Emily "
    "Steven Carol Andrew Michelle Paul Amanda Joshua "
    "Melissa Kenneth Deborah Kevin Stephanie Brian Rebecca George Laura "
    "Timothy Helen Ronald Sharon Jason Cynthia "
    "Edward Kathleen Jeffrey Amy Ryan Angela Jacob Shirley Gary "
    "Anna Nicholas Brenda Eric Pamela Jonathan Nicole "
    "Stephen Ruth Larry Katherine Justin Samantha Scott Christine Brandon "
    "Emma Benjamin Catherine Samuel Virginia "
    "Gregory Debra Alexander Rachel Patrick Janet Frank Maria Raymond "
    "Heather José Zoë Renée André Sofía Björn Inés "
    "Chloë Raúl Marisol Priya Arjun Wei Mei Omar Leila Kofi Amara Dmitri Nadia Hiro Yuki Tomás Lucía Noor Farid"
)
FAMILY = _words(
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson "
    "Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson "
    "White Harris Sanchez Clark Ramirez Lewis Robinson Walker "
    "Young Allen King Wright Torres Nguyen Hill Flores Green "
    "Adams Nelson Baker Hall Rivera Campbell Mitchell Carter "
    "Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards "
    "Collins Reyes Stewart Morris Morales Murphy Cook "
    "Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly "
    "Howard Ramos Kim Cox Ward Richardson Watson "
    "Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes "
    "Price Alvarez Castillo Sanders Patel Myers Long Ross "
    "Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman "
    "Butler Henderson Barnes Fisher Vasquez Simmons "
    "Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin Wallace "
    "Moreno West Cole Hayes Bryant Herrera "
    "Gibson Ellis Tran Medina Aguilar Stevens Murray Ford Castro "
    "Marshall Owens Harrison Fernandez Mcdonald Woods "
    "Kessler Lindqvist Okafor Haddad Novak Petrov Ferrante Delacroix Van-Houten "
    "O'Brien O'Neil D'Angelo Núñez Peña "
    "Müller Grønberg Łukasik Castellano Abernathy Birchwood Thackeray Pemberton Winslow "
    "Ashdown Calloway Drummond "
)
FIRM = _words(
    "Harbor Cedar Summit Ridgeline Bluebird Ironwood Lakeside Meadow Northgate "
    "Oakhurst Pinecrest Quarry Riverbend "
    "Sagebrush Timber Union Valley Westfield Alder Beacon Copper Driftwood "
    "Eastgate Foxglove Granite Hawthorn Juniper "
    "Kestrel Larkspur Maple Nettle Orchard Prairie Redwood Silver Tamarack "
    "Umber Verdant Willow Yarrow Cobalt Amber "
    "Birch Canyon Delta Elm Falcon Glacier Heron Indigo Jasper Keystone Lantern Magnolia Nimbus Opal Pioneer"
)
BUSINESS = (
    "Bakery", "Dental Group", "Veterinary Clinic", "Brewing", "Auto Body", "Storage", "Hardware", "Fitness",
    "Cafe", "Medical Offices", "Print Shop", "Daycare", "Market", "Warehouse", "Logistics", "Furniture",
    "Church", "Academy", "Hotel", "Nursery", "Cinema", "Law Office", "Optics", "Grill",
)  # fmt: skip
MANAGEMENT = ("Property Management", "Residential", "Apartments", "HOA", "Leasing", "Rentals")
BUILDING = ("Homes", "Builders", "Construction", "Development", "Communities", "Contracting")
LEGAL = ("", "", " LLC", " LLC", " Inc.", " Inc", " Co.")
STREETS = _words(
    "Oak Elm Birch Juniper Larkspur Harvest Canal Mill Depot "
    "Chestnut Walnut Orchard Garden Spring Ridge Valley Quarry "
    "Foundry Prospect Highland Lakeview Meadow Sunset Fairview Cascade Pioneer Trellis Copper Falcon Heron"
)
STREET_KINDS = ("St", "Ave", "Rd", "Ln", "Ct", "Dr", "Way")
CITIES = (("Cedar Falls", "00101"), ("Port Ansel", "00114"), ("Millbrook", "00127"), ("East Harlow", "00139"))
SUBDIVISIONS = ("Willow Creek", "Heron Landing", "Stonegate", "Foxglove Ridge", "Lantern Hills", "Amber Fields")
PROJECTS = (
    "Roof replacement", "Kitchen remodel", "Bath remodel", "HVAC replacement", "Deck build", "Siding",
    "Repipe", "Panel upgrade", "Addition", "Window replacement", "Foundation repair", "Garage build",
    "Basement finish",
)  # fmt: skip
CALLS = (
    "Leak call", "Drain cleaning", "Gutter cleaning", "Thermostat repair", "Outlet repair", "Roof inspection",
    "Water heater service", "Lock change", "Fence repair", "Drywall patch",
)  # fmt: skip
PLANS = ("Maintenance plan", "Grounds service", "Filter service", "Snow and lawn contract", "Pest control plan")
CREDIT_REASONS = (
    "Goodwill credit", "Returned materials", "Warranty rework", "Price correction", "Unused allowance",
)  # fmt: skip
