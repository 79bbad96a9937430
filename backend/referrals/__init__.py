"""Standards, consent, signatures, certificate, hand-over. MS-4.2 XM-5.4"""
