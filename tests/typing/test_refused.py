import re

import pulumi
import pytest

from tests.support.application import a_platform
from tests.typing.refused import refused

REFUSED = refused(a_platform())


@pytest.mark.parametrize("says", REFUSED)
def test_what_a_type_checker_refuses_the_library_refuses_in_one_sentence(says: str):
    with pytest.raises(pulumi.RunError, match=f"^{re.escape(says)}") as error:
        REFUSED[says]()
    assert "\n" not in str(error.value)
