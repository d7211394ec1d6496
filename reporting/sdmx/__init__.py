"""Open statistics: the totals as SDMX 2.1, structure and data, for whatever client speaks it.

``vocabulary`` names the parts, ``times`` and ``keys`` read what is asked for, ``observations`` reads the totals,
``structure_xml``, ``data_xml`` and ``data_csv`` write, ``views`` answers.
"""
