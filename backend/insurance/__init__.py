"""Benefits and the estimate for a stay. XM-5.6 MS-4.7"""
