"""An error of the pack must not end a preview without a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi_policy as sdk
from pulumi_policy.proxy import UnknownValueError

from ecs_operations.engine.evaluation import CRASH_FIX


def guarded(validate: Callable[[Any, sdk.ReportViolation], None]) -> Callable[[Any, sdk.ReportViolation], None]:
    """Turn an error of the adapter into a violation: any other exception would end the preview without a report."""

    def judged(args: Any, report: sdk.ReportViolation) -> None:
        try:
            validate(args, report)
        except UnknownValueError:
            raise
        except Exception as error:  # noqa: BLE001  see above; only the type is named, the text may hold a value
            report(f"the pack failed ({type(error).__name__}), by a fault of its own\nFix: {CRASH_FIX}", None)

    return judged
