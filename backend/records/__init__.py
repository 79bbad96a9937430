"""Visits, readings, orders, results, stays, and who was granted sight of them. XM-5.3 XM-5.8 MS-4.1"""
