"""Teams, packages, sign-up, coverage. XM-5.2 MS-4.6"""
