"""What is accepted, and how a file beyond it is refused."""

from __future__ import annotations

from app.core.errors import DomainError, register_messages
from app.core.text import N_

#: Rows of data in one file, all sheets together.
MAX_ROWS = 20_000
#: Rows looked at in one sheet: heads, remarks and blank rows come on top of the data.
MAX_LINES = 30_000
MAX_COLUMNS = 300
MAX_SHEETS = 60
#: What a workbook may hold once inflated: bytes in all, members, and bytes for each packed one.
MAX_INFLATED = 150 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_RATIO = 400
#: The reader's own process: seconds of computing, seconds in all, bytes of address space.
CPU_SECONDS = 12
WALL_SECONDS = 18
ADDRESS_SPACE = 512 * 1024 * 1024
#: Characters of a cell that are kept; a longer one is an error of its own field.
MAX_TEXT = 2_000

register_messages(
    {
        "file_empty": N_("文件是空的。"),
        "file_kind": N_("只接受 .xlsx、.xls 和 .csv；这个文件的内容不是其中之一。"),
        "file_broken": N_(
            "文件不完整或已损坏，无法打开。"
            "请在表格软件里打开后另存为 .xlsx 再上传。"
        ),
        "file_locked": N_("文件设有打开密码。请取消密码后再上传。"),
        "file_macro": N_("文件含有宏。请另存为不含宏的 .xlsx 再上传。"),
        "file_large": N_(
            "文件展开后超过上限（%(limit)s），没有读取。"
            "请删去无关的工作表和空白行列后再上传。"
        ),
        "file_slow": N_("文件太复杂，%(n)s 秒内没有读完，已停止。请只保留要导入的工作表再上传。"),
        "file_rows": N_("共有 %(n)s 行数据，一次最多 %(limit)s 行。请分成几个文件上传。"),
        "file_encoding": N_(
            "第 %(place)s 个字节（0x%(byte)s）既不是 UTF-8 也不是 GB18030。"
            "请另存为 .xlsx 或“CSV UTF-8”再上传。"
        ),
    }
)  # fmt: skip


class Refused(DomainError):
    """A file that is not read. Nothing was changed."""
