"""The columns of the list of imports."""

from makegood.web.frame.list_columns import CountColumn, LinkColumn, ListTable, MomentColumn, StatusColumn, TextColumn


class FileImportTable(ListTable):
    """Newest first."""

    own_order = "-brought"
    fixed = ("file",)

    file = LinkColumn("import", verbose_name="File", accessor="file_name", order_by=("file_name", "pk"))
    state = StatusColumn(verbose_name="State", order_by=("state", "pk"))
    holds = TextColumn(verbose_name="Holds", accessor="get_holds_display", order_by=("holds", "pk"))
    rows = CountColumn(verbose_name="Rows", accessor="report__rows", orderable=False)
    bad = CountColumn(verbose_name="Bad rows", accessor="report__bad_rows", orderable=False)
    by = TextColumn(verbose_name="Brought by", accessor="created_by", orderable=False)
    brought = MomentColumn(verbose_name="Brought", accessor="created_at", order_by=("pk",))
