"""Protocols, plans, visits, danger values. MS-4.2.2d1"""
