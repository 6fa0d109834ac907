"""One example for each entry of the sandbox's table, and where AWS knows two kinds of a type, for each kind."""

from tests.sandbox import base_examples, cluster_examples, edge_examples, network_examples

EXAMPLES = [
    *network_examples.EXAMPLES,
    *base_examples.EXAMPLES,
    *cluster_examples.EXAMPLES,
    *edge_examples.EXAMPLES,
]
