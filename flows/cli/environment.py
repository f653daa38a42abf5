"""What every command sets before NumPy is loaded, unless the user has.

OpenBLAS starts a thread for each core when it is loaded, which costs as much as all else that NumPy
does then, and nothing here needs them: Dask gives its workers one thread each in the same way.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
