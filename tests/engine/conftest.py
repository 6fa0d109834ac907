"""The order of engine tests: any would do, this one deploys least."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Let tests that take an environment down come last in their file: whoever comes next would deploy it again."""
    files = list(dict.fromkeys(item.path for item in items))
    places = {file: place for place, file in enumerate(files)}
    items.sort(key=lambda item: (places[item.path], item.get_closest_marker("takes_down") is not None))
