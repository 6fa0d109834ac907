"""A secret is known by name and value together, wherever it is written; what only looks like one is left alone."""

import gzip
from base64 import b64encode, encodebytes

import pytest

from ecs_operations.facts.secrets_in_text import in_command, in_script, looks_secret

KEY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
COMMIT = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
RANDOM = "q8ZrT1vXk3Lw9Yp2Bn7Dc5Fh0Js6Mg4A"
PRIVATE = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n"
PUBLIC = PRIVATE.replace("RSA PRIVATE KEY", "CERTIFICATE").replace("MIIEpAIBAAKCAQEA", "MIIEpAIBAAKCAQEA" * 3)
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD", "hunter2"), ("DB_PASS", "x9"), ("MYSQL_PWD", "hunter"), ("REDIS_AUTH", "hunter"),
        ("REDIS_AUTH", "correct-horse"), ("JWT_SIGNING_KEY", "abcdef"), ("PGPASSWORD", "a b"),
        ("KEY_PASSPHRASE", "correct horse"), ("SESSION_SALT", "abc12"), ("DB_PASS_PROD", "hunter2"),
        ("PASSWORD1", "hunter"),
        ("DB_PASSWORD", "12345678"), ("SECRET_KEY_BASE", "abc"), ("dbPassword", "abc"), ("apiKey", "abc"),
        ("BASIC_AUTH", "admin:admin"), ("API_TOKEN", "my-secret-token"), ("ENCRYPTION_KEY", "abc"),
        ("ADMIN_PASSWORD_HASH", "$2b$12$abcdefghijklmnopqrstuv"), ("CLIENT_SECRET", "abc-def"),
        ("FEED", KEY), ("FEED", KEY[:32]), ("FEED", KEY[:40]), ("FEED", RANDOM), ("APP_KEY", f"base64:{RANDOM}4Bcd="),
        ("DATABASE_URL", "postgres://app:hunter2@db/x"), ("CACHE", "redis://:hunter2@r:6379"),
        ("CONNECTION", "Server=db;User Id=sa;Password=hunter2;"), ("DSN", "host=db user=app password=hunter2"),
        ("JDBC_URL", "jdbc:mysql://h/db?user=a&password=hunter2"), ("JAVA_OPTS", "-Xmx1g -Ddb.password=hunter2"),
        ("CONFIG", '{"user":"a","password":"b"}'), ("SESSION", TOKEN), ("A", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), ("G", "ghp_" + "a1" * 18),
        ("S", "xoxb-" + "123456789012-abcdef"), ("S", "sk_" + "live_" + "a" * 24), ("S", "AIza" + "a" * 35),
        ("K", PRIVATE), ("K", encoded(PRIVATE)), ("CFG", encoded("# of the database\npassword=correct-horse\n")),
    ],
)  # fmt: skip
def test_it_is_a_secret(name, value):
    assert looks_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_TOKENS", "4096"), ("TOKENIZERS_PARALLELISM", "false"), ("PASSWORD_MIN_LENGTH", "12"),
        ("TOKEN_EXPIRY", "3600"), ("CSRF_TOKEN_HEADER", "X-CSRF"), ("SECRET_PROVIDER", "vault"),
        ("PASSWORD_POLICY", "strict"), ("DB_PASSWORD", "arn:aws:secretsmanager:eu-central-1:123:secret:db"),
        ("DB_SECRET", "prod/db/password"), ("DB_PASSWORD", "/app/prod/db"), ("AUTH_TOKEN", "https://x/token"),
        ("PASSWORD", "${DB_PASSWORD}"), ("PASSWORD", "$DB"), ("PASSWORD", "{{ x }}"), ("PASSWORD", ""),
        ("PASSWORD_FILE", "/run/secrets/db"), ("TOKEN", "<from the console>"), ("USE_PASSWORD", "true"),
        ("COMMIT", COMMIT), ("GIT_SHA", COMMIT), ("APP_VERSION", COMMIT), ("CHECKSUM", KEY), ("ETAG", KEY[:32]),
        ("REQUEST_ID", KEY[:32]), ("FEED", f"sha256:{KEY}"), ("KEY", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
        ("SMTP_AUTH", "plain"), ("KAFKA_AUTH", "scram-sha-256"), ("PWD", "/app"), ("BYPASS", "yes"),
        ("MIN_PASSWORD", "12"),
        ("ACCESS_TOKEN_LIFETIME", "15m"), ("SESSION_TOKEN_TTL", "PT1H"), ("JWT_ALGORITHM", "HS256"),
        ("PUBLIC_KEY", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1"), ("CA_CERT", encoded(PUBLIC)),
        ("CERT", PUBLIC),
        ("CACHE_KEY", "user-id"), ("GREETING", "A friendly sentence, long enough to be looked at"),
        ("ENDPOINT", "https://example.com:8443/path@v1"), ("DSN", f"https://{KEY[:32]}@o1.ingest.example.com/1"),
        ("FOLDERS", "/Users/App1/Documents/Projects2/Files3/Code4/Abc5"), ("LIST", "a,b,c=d"),
        ("ECS_ENGINE_AUTH_TYPE", "docker"), ("PASSWORD_HASHER", "argon2"), ("PAD_TOKEN", "[PAD]"),
        ("EOS_TOKEN", "<|end|>"),
        ("PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL", "info"), ("TOKEN_PERMISSIONS", "read"), ("SECRET", "$A$B"),
    ],
)  # fmt: skip
def test_it_only_looks_like_a_secret(name, value):
    assert not looks_secret(name, value)


@pytest.mark.parametrize(
    "words",
    [
        ["--password=hunter2"], ["--password", "hunter2"], ["sh", "-c", "PGPASSWORD=hunter2 psql"],
        ["mysqladmin", "ping", "-phunter2"], ["curl", "-u", "user:pass", "http://x"], ["redis-cli", "-a", "hunter2"],
        ["curl", "-H", "Authorization: Bearer abc.def"], ["redis-server", "--requirepass", "x1"], ["--key", KEY],
        [f"--key={KEY}"], ["server", KEY], ["sshpass", "-p", "hunter2", "ssh"], ["java", "-Ddb.password=hunter2"],
        ["sh", "-c", 'curl -H "X-Api-Key: abc123" http://x'], ["docker", "login", "-u", "a", "-p", "hunter2"],
    ],
)  # fmt: skip
def test_a_command_holds_a_secret(words):
    assert in_command(words)


@pytest.mark.parametrize(
    "words",
    [
        ["--password-file=/run/x"], ["--commit", COMMIT], ["--sha256", KEY], ["nginx", "-g", "daemon off;"],
        ["psql", "-p", "5432"], ["sh", "-c", "PGPASSWORD=$PGPASSWORD psql"], ["mysqladmin", "ping", "-p$ROOT_PASSWORD"],
        ["--max-tokens", "4096"], ["--token", "$TOKEN"], ["curl", "-fsS", "http://localhost:8080/"],
        ["--auth", "basic"],
        ["--secret-id", "prod/db"], ["--tokenizer", "gpt2"], ["curl", "-H", "Authorization: Bearer $TOKEN"],
    ],
)  # fmt: skip
def test_a_command_holds_none(words):
    assert in_command(words) is None


SCRIPT = f"""#!/bin/bash
TOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token -H "X-aws-ec2-metadata-token-ttl-seconds: 21600")
curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/
export DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id arn:aws:secretsmanager:eu:1:secret:db)
aws ecr get-login-password | docker login --username AWS --password-stdin 123.dkr.ecr
SHA256={KEY}
sed -i "s/PASSWORD=.*/PASSWORD=$DB_PASSWORD/" /etc/app; grep -q "PASSWORD=" /etc/app | cut -d "="
docker run -e DB_PASSWORD -e API_KEY="${{1:-}}" app
if [ "$PASSWORD" = "" ]; then echo no; fi
"""
ADDED = [
    "DB_PASSWORD=hunter2\n", "export API_KEY='abc'\n", "echo 'root:hunter2' | chpasswd\n", "password: hunter2\n",
    'ECS_ENGINE_AUTH_DATA={"https://index.docker.io/v1/":{"username":"n","password":"p"}}\n',
    "htpasswd -b /etc/users admin hunter2\n", "useradd -p hunter2 bob\n", "git clone https://bob:hunter2@example.com/x\n",
    "$Password = 'hunter2'\n", 'password: "two words"\n', "net user bob hunter2 /add\n",
    "docker login -u a -p hunter2\n", "aws configure set aws_secret_access_key abcd\n", "AKIAIOSFODNN7EXAMPLE",
]  # fmt: skip


def in_one_part(text: str) -> str:
    part = encodebytes(text.encode()).decode()
    return f"Content-Type: multipart/mixed\n\n--x\nContent-Transfer-Encoding: base64\n\n{part}\n--x--\n"


def in_a_file(text: str) -> str:
    zipped = b64encode(gzip.compress(text.encode())).decode()
    return f"#cloud-config\nwrite_files:\n- encoding: gz+b64\n  content: {zipped}\n  path: /etc/app\n"


@pytest.mark.parametrize("wrapped", [str, in_one_part, in_a_file])
def test_a_script_that_asks_for_its_secrets_holds_none(wrapped):
    assert in_script(wrapped(SCRIPT)) is None


@pytest.mark.parametrize("wrapped", [str, in_one_part, in_a_file])
@pytest.mark.parametrize("added", ADDED)
def test_a_script_holds_a_secret_however_it_is_wrapped(added, wrapped):
    assert in_script(wrapped(SCRIPT + added))


def test_what_is_told_of_a_secret_is_its_name():
    assert in_script("export DB_PASSWORD=hunter2") == "DB_PASSWORD"
    assert in_command(["--password", "hunter2"]) == "password"
    assert in_command(["mysql", "-phunter2"]) == "a password"
