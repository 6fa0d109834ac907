"""The key `alarms`: who is told of alarms, and where their runbooks are."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from ..conventions import Conventions
from ..monitoring import AlarmTopicsArgs, Subscribers
from .section import Section

Emails: TypeAlias = tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")], ...]
Urls: TypeAlias = tuple[Annotated[str, Field(pattern=r"^https://[^/\s]+(/\S*)?$")], ...]
FunctionArns: TypeAlias = tuple[
    Annotated[str, Field(pattern=r"^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9-_]+(:[A-Za-z0-9-_]+)?$")], ...
]


class SubscribersSettings(Section):
    """Who is told of the alarms of one severity, besides those of `emails`."""

    emails: Emails = Field(default=(), description="Mail addresses, like ops@example.com; each confirms once.")
    urls: Urls = Field(
        default=(),
        description="HTTPS addresses of paging and ticket tools, like https://events.example.com/sns/KEY; the tool "
        "confirms by itself, and has to be reachable while `up` makes the subscription.",
    )
    function_arns: FunctionArns = Field(
        default=(),
        description="ARNs of Lambda functions of the same account and Region that are called with each alarm; whoever "
        "deploys needs lambda:AddPermission and lambda:RemovePermission on them.",
    )


class AlarmsSettings(Section):
    """Who is told of alarms: page wakes somebody, ticket is for the next working day."""

    emails: Emails = Field(
        default=(),
        description="Mail addresses, like ops@example.com, that get every alarm, each after confirming once. Amazon Q "
        "in chat applications is subscribed in its own console, to the topics of the outputs alarmTopicArn and "
        "ticketTopicArn.",
    )
    page: SubscribersSettings = SubscribersSettings()
    ticket: SubscribersSettings = SubscribersSettings()
    fallback_emails: Emails = Field(
        default=(),
        description="Mail addresses that are told when an alarm could not be delivered to one of the others. SNS takes "
        "a mail for delivered when the mail server has it, and a function when it is called: watch the errors of the "
        "function.",
    )
    runbook_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s#]+$",
        description="Address of the page with the runbooks, like "
        "https://github.com/YOUR-ORGANIZATION/ecs-platform/blob/main/docs/operations.md: every alarm links its own "
        "runbook there. Without one, alarms name the page's path in the platform's repository.",
    )

    def topics(self, conventions: Conventions) -> AlarmTopicsArgs:
        """The topics of the two severities, and of the fallback."""
        return AlarmTopicsArgs(
            conventions=conventions,
            subscribers={"page": self._with_all(self.page), "ticket": self._with_all(self.ticket)},
            fallback_emails=self.fallback_emails,
            runbook_url=self.runbook_url,
        )

    def _with_all(self, section: SubscribersSettings) -> Subscribers:
        further = tuple(one for one in section.emails if one not in self.emails)
        return Subscribers(emails=(*self.emails, *further), urls=section.urls, function_arns=section.function_arns)
