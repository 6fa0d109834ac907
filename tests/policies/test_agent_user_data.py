"""What user data says to the ECS agent, in the forms that it comes in."""

from __future__ import annotations

import gzip
from base64 import b64encode

import pytest

from ecs_operations.facts import tokens
from ecs_operations.facts.user_data import agent_variables, cluster_named, runs_agent, user_data
from tests.policies.cases.build import a

SCRIPT = "#!/bin/bash\necho ECS_CLUSTER=main >> /etc/ecs/ecs.config\n"
PART = "Content-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\n" + b64encode(SCRIPT.encode()).decode()
MIME = f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="//"\n\n--//\n{PART}\n--//--\n'
FORMS = {
    "plain": SCRIPT,
    "base64": b64encode(SCRIPT.encode()).decode(),
    "gzip": b64encode(gzip.compress(SCRIPT.encode())).decode(),
    "MIME": MIME,
    "MIME in base64": b64encode(MIME.encode()).decode(),
    "cloud-config": "#cloud-config\nwrite_files:\n- content: ECS_CLUSTER=main\n",
    "one line": 'echo -e "ECS_CLUSTER=main\\nECS_AWSVPC_BLOCK_IMDS=true"',
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_the_cluster_is_found_in_every_form(text):
    assert cluster_named(user_data(a(tokens.LAUNCH_TEMPLATE, userData=text))) == "main"


@pytest.mark.parametrize(
    "text", ['[settings.ecs]\ncluster = "main"', 'settings.ecs.cluster = "main"', "Initialize-ECSAgent -Cluster 'main'"]
)
def test_other_systems_name_it_in_their_way(text):
    assert cluster_named(text) == "main"
    assert runs_agent(text)
    assert agent_variables(text) == {}


def test_of_a_variable_the_last_value_counts_and_comments_do_not():
    text = "ECS_CLUSTER=a\n# ECS_CLUSTER=b\nexport ECS_CLUSTER='c'\necho ${ECS_CLUSTER:-d}"
    assert agent_variables(text) == {"ECS_CLUSTER": "c"}


@pytest.mark.parametrize("text", ["", "yum install -y httpd", "[settings.kubernetes]\ncluster-name = 'x'"])
def test_other_user_data_runs_no_agent(text):
    assert not runs_agent(text)
