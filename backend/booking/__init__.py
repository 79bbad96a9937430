"""Schedules, pools, slots, appointments, beds. XM-5.4 XM-5.1a"""
