"""Background work for imports. A job only wakes somebody who then claims the file."""

from makegood.imports.carry_out import carry_out
from makegood.imports.file_imports import discard_forgotten, enqueue
from makegood.imports.selectors import list_without_worker
from makegood.kit.jobs import JobContext, queue


@queue.task(name="imports.carry_out", pass_context=True)
def carry_out_import(context: JobContext, import_id: int) -> None:
    """Checks or imports one file; if the worker is asked to end meanwhile, the next one begins anew."""
    carry_out(import_id, should_let_go=context.should_abort)
    if context.should_abort():
        for file_import in list_without_worker().filter(pk=import_id):
            enqueue(file_import)


@queue.periodic(cron="* * * * *")
@queue.task(name="imports.wake")
def wake_imports_without_worker(timestamp: int) -> None:
    """Gives a job to every file that should get on and that nobody works, and throws away the forgotten ones."""
    for file_import in list_without_worker():
        enqueue(file_import)
    discard_forgotten()
