"""The dry run: for some days a new controller only says what it would move."""

from datetime import datetime, timedelta
from typing import Any

from ..cluster import journal


def is_dry(ssm: Any, parameter: str, now: datetime) -> bool:
    """Whether the days that the parameter holds have not passed since it was written.

    What is missing or no number counts as dry: moving waits for somebody who wants it.
    """
    try:
        found = ssm.get_parameter(Name=parameter)["Parameter"]
    except ssm.exceptions.ParameterNotFound:
        journal.write("dry run unknown", "ERROR", parameter=parameter, remedy="deploy the environment again")
        return True
    text = found["Value"].strip()
    if not (text.isascii() and text.isdigit()):
        journal.write("dry run unknown", "ERROR", parameter=parameter, value=text, remedy="write a number of days")
        return True
    return now < found["LastModifiedDate"] + timedelta(days=int(text))
