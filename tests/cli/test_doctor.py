"""`governance doctor` on an instance of its own."""

from pathlib import Path

from tests.cli.running import run


def test_a_new_instance_is_in_order(tmp_path: Path) -> None:
    answer = run(tmp_path, "doctor")

    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.splitlines()[-1] == "13 checks: 0 wrong, 0 warnings."
    assert all(line.startswith("ok ") for line in answer.stdout.splitlines()[:-1])


def test_what_is_wrong_is_named_with_what_helps(tmp_path: Path) -> None:
    (tmp_path / "checkpoint-key").write_text("no key")
    assert run(tmp_path, "log", "verify").returncode == 0  # makes the database

    answer = run(
        tmp_path,
        "doctor",
        GOVERNANCE_CONTENT_URL="s3://nowhere",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_REGION="here",
        AWS_ACCESS_KEY_ID="quiet",
        AWS_SECRET_ACCESS_KEY="quiet",
    )

    assert answer.returncode == 1
    wrong = [line for line in answer.stdout.splitlines() if line.startswith("wrong ")]
    assert len(wrong) == 1 and "the store of files" in wrong[0] and "does not answer" in wrong[0]
    assert "quiet" not in answer.stdout + answer.stderr
