"""The command line: `gig-advisor …`. Answers go to standard output, progress and notices to standard error."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from advisor import cli_skills

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A local, sourced adviser on earning options and skill paths. Without a command it opens the chat.",
)
cli_skills.register(app)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value on standard output.")]


def run() -> int:
    """Run the command line and return the exit code: 0, 1 with one line on what to do, 2 for wrong usage."""
    from advisor.errors import AdvisorError

    try:
        result = app(standalone_mode=False)
    except AdvisorError as error:
        typer.echo(f"gig-advisor: {error}", err=True)
        return 1
    except KeyboardInterrupt:
        typer.echo("gig-advisor: stopped", err=True)
        return 130
    except BrokenPipeError:
        return 0
    except Exception as error:
        # typer carries click inside or beside it depending on its version; both usage errors look alike.
        if hasattr(error, "exit_code") and hasattr(error, "format_message"):
            typer.echo(f"gig-advisor: {error.format_message()}", err=True)
            return 2
        if type(error).__name__ in {"Exit", "Abort"}:
            return int(getattr(error, "exit_code", 1))
        raise
    return int(result) if isinstance(result, int) else 0


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=None, default=str))


def _interactive() -> bool:
    return sys.stderr.isatty()


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Open the chat when no command is given."""
    if version:
        from advisor import __version__

        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 7860,
) -> None:
    """Build what is missing and serve the chat."""
    from advisor.settings import load
    from advisor.web import app as web

    web.serve(load(), host=host, port=port)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    profile: Annotated[Path | None, typer.Option(help="JSON file with your profile.")] = None,
    as_json: Json = False,
) -> None:
    """Answer one question."""
    from advisor import Advisor

    person = _profile(profile)
    with Advisor.open(progress=True) as advisor:
        answer = advisor.ask(question, profile=person)
        notices = (*advisor.notices, *answer.notices)
    if as_json:
        value = answer.model_dump(mode="json")
        keys = ("text", "citations", "results", "missing", "abstained", "model", "seconds")
        _print_json({key: value[key] for key in keys})
    else:
        typer.echo(answer.text)
        if answer.citations:
            typer.echo("\nSources")
        for citation in answer.citations:
            when = f", {citation.as_of}" if citation.as_of else ""
            kind = citation.source_kind
            typer.echo(f"[{citation.n}] {citation.title} - {citation.publisher} ({kind}{when}) {citation.url}".rstrip())
    for notice in notices:
        typer.echo(f"note: {notice}", err=True)


def _profile(path: Path | None) -> Any:
    from pydantic import ValidationError

    from advisor import AdvisorError, Profile

    if path is None:
        return None
    try:
        return Profile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise AdvisorError(f"The profile {str(path)!r} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        raise AdvisorError(
            f"The profile {str(path)!r}: {field} is {first['input']!r}: {first['msg']}. Fields: "
            f"{', '.join(Profile.model_fields)}."
        ) from error


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", help="How many passages.", min=1, max=100)] = 8,
    as_json: Json = False,
) -> None:
    """Show the passages nearest to a query."""
    from advisor import Advisor

    with Advisor.open(progress=True) as advisor:
        passages = advisor.search(query, k)
    rows = []
    for passage in passages:
        chunk = passage.chunk
        source = chunk.sources[0] if chunk.sources else None
        rows.append(
            {
                "id": chunk.id,
                "score": round(passage.score, 4),
                "title": chunk.title,
                "heading": chunk.heading,
                "text": chunk.text,
                "url": source.url if source else "",
                "as_of": str(source.as_of) if source and source.as_of else None,
                "source_kind": source.source_kind if source else "",
            }
        )
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        typer.echo(
            f"{row['score']:.2f}  {row['title']}: {row['heading']}\n      {' '.join(str(row['text']).split())[:240]}"
        )


@app.command("run")
def run_tool(
    tool: Annotated[str, typer.Argument(help="Name of the tool; without it, the tools are listed.")] = "",
    given: Annotated[str, typer.Option("--input", help="JSON, @FILE, or - for standard input.")] = "{}",
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of the input.")] = False,
    export: Annotated[
        Path | None, typer.Option(help="Write the result to a file: .csv, .json, or what the tool makes.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a tool."""
    from advisor import Advisor, ToolError, tools

    if not tool:
        listed = {name: item.summary for name, item in tools.registry().items()}
        if as_json:
            _print_json(listed)
        else:
            typer.echo("\n".join(f"{name:12} {text}" for name, text in listed.items()))
        return
    if schema:
        _print_json(tools.get(tool).input_model.model_json_schema())
        return
    try:
        text = sys.stdin.read() if given == "-" else Path(given[1:]).read_text() if given.startswith("@") else given
        arguments = json.loads(text)
    except (OSError, ValueError) as error:
        raise ToolError(f"--input {given[:60]!r} is not JSON that can be read: {error}.") from error
    if not isinstance(arguments, dict):
        raise ToolError(f"--input must be a JSON object of fields, found {type(arguments).__name__}.")
    with Advisor.open(progress=True) as advisor:
        result = advisor.run(tool, **arguments)
    if export is not None:
        _export(result, export)
        return
    if as_json:
        value = result.model_dump(mode="json")
        _print_json({k: value[k] for k in ("tool", "input", "output", "assumptions", "facts", "table", "chart")})
        return
    typer.echo("\n".join(result.summary))
    for line in result.assumptions:
        typer.echo(f"assumed: {line}")


def _export(result: Any, path: Path) -> None:
    from advisor import AdvisorError, tools

    forms = tools.exports(result)
    make = forms.get(path.suffix.lstrip(".").lower())
    if make is None:
        raise AdvisorError(f"{result.tool} cannot be written as {path.name!r}. Endings: {', '.join(sorted(forms))}.")
    try:
        path.write_bytes(make(result))
    except OSError as error:
        raise AdvisorError(f"{str(path)!r} cannot be written: {error.strerror}.") from error
    typer.echo(f"Wrote {path}.", err=True)


@app.command()
def ingest(
    targets: Annotated[list[str] | None, typer.Argument(help="Files, folders or addresses; none: the corpus.")] = None,
    kind: Annotated[
        str, typer.Option("--as", help="Reader: guide, html, pdf, docx, table, text, log, onet, esco, jobs.")
    ] = "",
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read everything again and make new indexes.")] = False,
    as_json: Json = False,
) -> None:
    """Take documents into the ledger and derive the indexes, or with `--as log` a work log into its own file."""
    from advisor.settings import load

    if kind == "log":
        _take_logs(targets or [], as_json=as_json)
        return
    from ingest.build import ingest as take_in

    if kind in ("onet", "esco"):
        from ingest.skilldata import ingest_skill_data

        report = ingest_skill_data(targets or [], load(), kind, rebuild=rebuild, progress=True)
    elif kind == "jobs":
        from ingest.readers.jobs import ingest_jobs

        report = ingest_jobs(targets or [], load())
    else:
        report = take_in(targets or [], load(), kind=kind or None, rebuild=rebuild, progress=True)
    if as_json:
        rows = [
            {"source": r.source, "status": r.status, "chunks": r.chunks, "reason": r.reason} for r in report.sources
        ]
        _print_json({"sources": rows, "seconds": round(report.seconds, 3)})
    else:
        for line in report.sources:
            if line.status != "unchanged" or len(report.sources) <= 20:
                typer.echo(f"{line.status:10} {line.source}  {line.message or f'{line.chunks} chunks'}")
        counts = {
            s: sum(r.status == s for r in report.sources) for s in dict.fromkeys(r.status for r in report.sources)
        }
        typer.echo(f"{', '.join(f'{n} {s}' for s, n in counts.items())} in {report.seconds:.1f} s", err=True)
    for notice in report.notices:
        typer.echo(f"note: {notice}", err=True)
    if report.sources and all(line.status == "refused" for line in report.sources):
        raise typer.Exit(1)


def _take_logs(targets: list[str], *, as_json: bool) -> None:
    import time

    from advisor import AdvisorError, SourceError, worklog
    from advisor.settings import load
    from ingest.readers.earnings import read_log

    if not targets:
        raise AdvisorError("Name the files of your log: `gig-advisor ingest FILE… --as log`.")
    start, rows = time.monotonic(), []
    logs = (".csv", ".tsv", ".txt", ".xlsx")
    files: list[str] = []
    for target in targets:
        inside = (
            sorted(str(path) for path in Path(target).iterdir() if path.suffix.lower() in logs)
            if Path(target).is_dir()
            else []
        )
        if Path(target).is_dir() and not inside:
            raise AdvisorError(f"The folder {target!r} holds no log ({', '.join(logs)}).")
        files += inside or [target]
    for target in files:
        try:
            path = Path(target)
            found = read_log(path.read_bytes(), path.name)
        except (OSError, SourceError) as error:
            reason = getattr(error, "reason", "") or "unreadable"
            rows.append({"source": target, "status": "refused", "chunks": 0, "reason": f"{reason}: {error}"})
            continue
        new = worklog.add(worklog.path_in(load().data_dir), found.rows)
        left = "; ".join(f"{count} left out: {why}" for why, count in found.left_out.items())
        taken = ", ".join(f"{word} from {header!r}" for word, header in found.columns.items())
        text = "; ".join(
            part for part in (f"{len(found.rows)} rows, {new} new", left, f"read {taken}", *found.notices) if part
        )
        rows.append({"source": target, "status": "added" if new else "unchanged", "chunks": new, "reason": text})
    if as_json:
        _print_json({"sources": rows, "seconds": round(time.monotonic() - start, 3)})
    else:
        for row in rows:
            typer.echo(f"{row['status']:10} {row['source']}  {row['reason']}")
    if all(row["status"] == "refused" for row in rows):
        raise typer.Exit(1)


user = typer.Typer(help="People who may sign in to a page that other machines can open.", no_args_is_help=True)
app.add_typer(user, name="user")


@user.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
    ],
) -> None:
    """Add a person, or give one a new password."""
    from advisor.settings import load
    from advisor.web.signin import People

    People(load().data_dir).add(name, password)
    typer.echo(f"{name} can sign in. Serve to other machines with `gig-advisor serve --host ADDRESS`.")


@user.command("remove")
def remove_user(name: Annotated[str, typer.Argument(help="Name of the person.")]) -> None:
    """Remove a person."""
    from advisor.settings import load
    from advisor.web.signin import People

    typer.echo(f"{name} is removed." if People(load().data_dir).remove(name) else f"There is no {name}.")


@user.command("list")
def list_users() -> None:
    """List the people who may sign in."""
    from advisor.settings import load
    from advisor.web.signin import People

    typer.echo("\n".join(People(load().data_dir).names()) or "Nobody yet: `gig-advisor user add NAME`.")


@app.command("log")
def work_log(
    erase: Annotated[bool, typer.Option("--erase", help="Delete the work log from this machine.")] = False,
    forecast: Annotated[
        Path | None, typer.Option(help="CSV of demand by hour and zone: forecast the next weeks.")
    ] = None,
    weeks: Annotated[int, typer.Option(help="Weeks ahead of a forecast.", min=1, max=4)] = 1,
    plan: Annotated[int | None, typer.Option(help="Plan so many hours of the next week.", min=1, max=84)] = None,
    calendar: Annotated[Path | None, typer.Option(help="Write the planned week as a calendar file.")] = None,
    as_json: Json = False,
) -> None:
    """Say what your own work log shows, plan a week from it, or forecast a demand table."""
    from advisor import Advisor, worklog
    from advisor.settings import load

    if erase:
        typer.echo(
            "The work log is erased." if worklog.erase(worklog.path_in(load().data_dir)) else "There is no work log."
        )
        return
    if forecast is not None:
        _forecast(forecast, weeks, plan, calendar, as_json=as_json)
        return
    with Advisor.open(progress=True) as advisor:
        found = advisor.log() if plan is None else advisor.plan_week(max_hours=plan)
    if found is not None and calendar is not None and "calendar" in found.output:
        calendar.write_text(str(found.output["calendar"]), encoding="utf-8", newline="")
    if found is None:
        typer.echo("There is no work log yet. Add your exports: `gig-advisor ingest FILE… --as log`.")
    elif as_json:
        _print_json(found.model_dump(mode="json"))
    else:
        typer.echo("\n".join(found.summary))


def _forecast(path: Path, weeks: int, plan: int | None, calendar: Path | None, *, as_json: bool) -> None:
    import pandas as pd

    from advisor import AdvisorError
    from advisor.forecast import demand_table, forecast

    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise AdvisorError(f"{str(path)!r} is no table that can be read: {error}.") from error
    made = forecast(demand_table(table), weeks if plan is None else max(2, weeks))
    if plan is not None:
        from datetime import date

        from advisor.facts import Facts
        from advisor.weekplan import plan_by_demand

        found = plan_by_demand(made, {"max_hours": plan}, Facts(()), date.today())  # noqa: DTZ011 - the person's own calendar day
        if calendar is not None:
            calendar.write_text(str(found.output["calendar"]), encoding="utf-8", newline="")
        if as_json:
            _print_json(found.model_dump(mode="json"))
        else:
            typer.echo("\n".join((*found.summary, *found.assumptions)))
        return
    if as_json:
        _print_json(made.assign(t=made["t"].astype(str)).round(2).to_dict("records"))
        return
    best = made.sort_values("value", ascending=False).head(20)
    for row in best.itertuples():
        typer.echo(f"{row.t:%a %d %b %H:00}  {row.zone:24} {row.value:8.0f}  ({row.low:.0f} to {row.high:.0f})")


@app.command()
def erase(
    document: Annotated[str, typer.Argument(help="Id, path or address of a document that you added.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Erase documents, work log, job posts, history and clients.")
    ] = False,
) -> None:
    """Erase what you added, for good; without arguments, list it."""
    from advisor import erasure
    from advisor.ledger import Ledger
    from advisor.settings import load

    settings = load()
    if everything:
        gone = erasure.erase_all(settings)
        typer.echo("Erased: " + ", ".join(gone) + "." if gone else "There was nothing of yours to erase.")
        return
    if document:
        if not erasure.erase_document(settings, document):
            typer.echo(f"No document of yours is called {document!r}. `gig-advisor erase` lists them.", err=True)
            raise typer.Exit(1)
        typer.echo(f"Erased: {document}.")
        return
    with Ledger(settings.ledger_path, read_only=True) as ledger:
        own = erasure.own_documents(ledger)
    for name, origin in own.items():
        typer.echo(f"{name}  {origin}")
    if not own:
        typer.echo("No documents of your own are in the ledger.")


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="A guide or a folder of guides; default: the corpus.")] = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="Show which cells of the format are filled.")] = False,
    as_json: Json = False,
) -> None:
    """Lint the corpus."""
    from ingest.check import run_check

    text, code = run_check(path, coverage=coverage, as_json=as_json)
    typer.echo(text)
    raise typer.Exit(code)


@app.command()
def doctor(
    digest: Annotated[bool, typer.Option("--digest", help="Include the digest of the ledger's content.")] = False,
    as_json: Json = False,
) -> None:
    """Show settings, index, model and problems."""
    from advisor.doctor import examine
    from advisor.settings import load

    found = examine(load(), digest=digest)
    if as_json:
        _print_json(found)
        return
    typer.echo(f"gig-advisor {found['version']}")
    for part in ("settings", "index", "model"):
        typer.echo(f"{part}:")
        for key, value in found[part].items():
            typer.echo(f"  {key}: {value}")
    typer.echo("problems:" if found["problems"] else "no problems found")
    for line in found["problems"]:
        typer.echo(f"  {line}")
