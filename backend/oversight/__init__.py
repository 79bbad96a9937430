"""Indicators against the targets, with what is missing said plainly. XM-3 MS-1"""
