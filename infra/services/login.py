"""Who may pass: users whom the load balancer has an identity provider ask for their name first. Pure.

The load balancer itself asks the provider, by HTTPS, for tokens and for what it knows of the user. Its security group
has no rule for that until somebody adds one (docs/services.md, "Routes").
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import pulumi
import pulumi_aws as aws

from ..common.args import inputs
from ..common.inputs import range_problem

LONGEST_SESSION_S: Final = 604_800
"""A week, after which users log in again (Application Load Balancers, "Authenticate users", session timeout)."""

Unauthenticated: TypeAlias = Literal["authenticate", "allow", "deny"]


@inputs
class OidcLogin:
    """A provider of OpenID Connect. Its client allows the redirect to `https://<host>/oauth2/idpresponse`."""

    issuer: pulumi.Input[str]
    """Its URL, as its discovery document says it; the endpoints stand there, too."""
    authorization_endpoint: pulumi.Input[str]
    token_endpoint: pulumi.Input[str]
    user_info_endpoint: pulumi.Input[str]
    client_id: pulumi.Input[str]
    client_secret: pulumi.Input[str]
    """The Output of a secret: `config.require_secret(...)`. It stays one in the state."""
    scope: str = "openid"
    """What is asked of the user, names with blanks between. By default openid alone."""
    session_s: int = LONGEST_SESSION_S
    """Seconds until a user logs in again, 1 to LONGEST_SESSION_S. By default a week."""
    unauthenticated: Unauthenticated = "authenticate"
    """What becomes of a request without a session: the user logs in, the tasks get it (allow), or 401 (deny). By
    default the user logs in."""

    def problem(self) -> str | None:
        """What the load balancer does not take, and what would be no secret."""
        if isinstance(self.client_secret, str):
            return "client_secret: must be an Output, which stays secret; write config.require_secret('clientSecret')"
        for name in ("issuer", "authorization_endpoint", "token_endpoint", "user_info_endpoint"):
            url = getattr(self, name)
            if isinstance(url, str) and not url.startswith("https://"):
                return f"{name}: must be a URL that begins with https://, got {url!r}"
        return _session_problem(self.session_s)

    @property
    def action(self) -> aws.lb.ListenerRuleActionArgs:
        """What the load balancer does before it forwards."""
        return aws.lb.ListenerRuleActionArgs(
            type="authenticate-oidc",
            order=1,
            authenticate_oidc=aws.lb.ListenerRuleActionAuthenticateOidcArgs(
                issuer=self.issuer,
                authorization_endpoint=self.authorization_endpoint,
                token_endpoint=self.token_endpoint,
                user_info_endpoint=self.user_info_endpoint,
                client_id=self.client_id,
                client_secret=pulumi.Output.secret(self.client_secret),
                scope=self.scope,
                session_timeout=self.session_s,
                on_unauthenticated_request=self.unauthenticated,
            ),
        )


@inputs
class CognitoLogin:
    """A user pool of Cognito. Its client has a secret, and allows the redirect to `https://<host>/oauth2/idpresponse`."""

    user_pool_arn: pulumi.Input[str]
    client_id: pulumi.Input[str]
    domain: pulumi.Input[str]
    """The prefix of the pool's domain, or a whole domain of one's own."""
    scope: str = "openid"
    """What is asked of the user, names with blanks between. By default openid alone."""
    session_s: int = LONGEST_SESSION_S
    """Seconds until a user logs in again, 1 to LONGEST_SESSION_S. By default a week."""
    unauthenticated: Unauthenticated = "authenticate"
    """What becomes of a request without a session: the user logs in, the tasks get it (allow), or 401 (deny). By
    default the user logs in."""

    def problem(self) -> str | None:
        """What the load balancer does not take."""
        return _session_problem(self.session_s)

    @property
    def action(self) -> aws.lb.ListenerRuleActionArgs:
        """What the load balancer does before it forwards."""
        return aws.lb.ListenerRuleActionArgs(
            type="authenticate-cognito",
            order=1,
            authenticate_cognito=aws.lb.ListenerRuleActionAuthenticateCognitoArgs(
                user_pool_arn=self.user_pool_arn,
                user_pool_client_id=self.client_id,
                user_pool_domain=self.domain,
                scope=self.scope,
                session_timeout=self.session_s,
                on_unauthenticated_request=self.unauthenticated,
            ),
        )


def _session_problem(session_s: int) -> str | None:
    return range_problem("session_s", session_s, 1, LONGEST_SESSION_S, " s")
