"""The demonstration year: real national results, synthetic units, filed and approved through the services.

``data`` reads fixtures/demo_2007.json, ``series`` splits the nation's figures over the units, ``script`` turns figures
and stories into dated steps, ``play`` takes the steps, ``people`` makes the accounts, ``removal`` takes it all away.
"""
