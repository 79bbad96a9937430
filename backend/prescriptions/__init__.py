"""Long prescriptions, dispensing, pick-up, renewal. MS-5.2 XM-5.7"""
