"""R364–R365, K271–K275, T372–T373, A433–A434, A463, A465: what goes wrong with backups, restoring, moving and upgrading."""

from __future__ import annotations

from pipeline.errors.base import ArchiveCorrupted, KindInvalid, RecordRejected, TemporaryFailure


class BackupPlaceMissing(RecordRejected):
    """The folder for backups is not there: made by itself it would lie on the server's own disk."""

    code = "R364"
    exit_status = 64
    clerk_template = (
        "Không có thư mục «{folder}» nên chưa sao lưu gì. Nếu thư mục ấy ở ổ cắm ngoài, hãy cắm ổ, gắn ổ (mount) rồi chạy lại; "
        "nếu không, hãy xem lại đường dẫn."
    )
    terminal_hint = "{way}"


class BackupPlaceEmpty(RecordRejected):
    """Nothing lies where backups were kept, or where a disk should be mounted: that disk is not plugged in."""

    code = "R365"
    exit_status = 64
    clerk_template = (
        "Trong «{folder}» không có bản sao lưu nào, mà đó là nơi đã từng sao lưu hoặc là chỗ gắn một ổ đĩa: có lẽ ổ chưa cắm, "
        "chưa gắn (mount). Chưa sao lưu gì. Hãy cắm, gắn ổ rồi chạy lại."
    )
    terminal_hint = "{way}"


class ToolMissing(KindInvalid):
    """A client program of PostgreSQL is not installed."""

    code = "K271"
    clerk_template = (
        "Máy thiếu lệnh «{tool}» nên chưa sao lưu hay khôi phục được sổ ở PostgreSQL. "
        "Hãy cài gói postgresql-client rồi chạy lại."
    )


class BackupInside(KindInvalid):
    """A backup inside the office would be lost with it."""

    code = "K272"
    exit_status = 64
    clerk_template = (
        "Thư mục sao lưu «{folder}» nằm trong chính văn phòng, mất văn phòng là mất cả bản sao. "
        "Hãy chọn thư mục trên một ổ đĩa khác."
    )


class FolderNotEmpty(KindInvalid):
    """Restoring never writes over anything."""

    code = "K273"
    exit_status = 64
    clerk_template = (
        "Thư mục «{folder}» không trống nên không khôi phục vào đó. Hãy chọn một thư mục trống; "
        "để gộp bản sao lưu vào văn phòng đang có ở đó, thêm --merge."
    )


class NoBackup(KindInvalid):
    """There is no finished backup in that folder."""

    code = "K274"
    exit_status = 64
    clerk_template = (
        "Không có bản sao lưu nào hoàn chỉnh trong «{folder}». Hãy kiểm tra lại đường dẫn."
    )


class DatabaseUrlNeeded(KindInvalid):
    """The backup holds a PostgreSQL database; nobody guesses where it shall live now."""

    code = "K275"
    exit_status = 64
    clerk_template = (
        "Bản sao lưu này có sổ ở PostgreSQL. Hãy tạo một cơ sở dữ liệu trống rồi ghi địa chỉ của nó sau "
        "--database-url."
    )


class ToolFailed(TemporaryFailure):
    """pg_dump or pg_restore ended with an error."""

    code = "T372"
    clerk_template = "Lệnh «{tool}» không làm xong: {why}"


class UpgradeFailed(TemporaryFailure):
    """The new tables did not come out well; the old database is back."""

    code = "T373"
    clerk_template = (
        "Nâng cấp sổ không thành ({why}); sổ cũ đã được đặt lại nguyên vẹn. Bản sao lưu trước khi nâng cấp: {backup}. "
        "Hãy dùng phiên bản chương trình cũ và báo người quản trị."
    )


class OfficeMoved(ArchiveCorrupted):
    """This office was sealed: its life goes on elsewhere, and a number given here would be given twice."""

    code = "A433"
    clerk_template = (
        "Văn phòng này đã đóng từ {at} vì đã chuyển sang {place}; ở đây chỉ còn xem, không nhận tệp, không cấp số. "
        "Hãy làm việc ở nơi mới."
    )


class BackupDamaged(ArchiveCorrupted):
    """A backup is not what was written: nothing is restored from it."""

    code = "A434"
    clerk_template = (
        "Bản sao lưu «{folder}» bị hỏng {count} chỗ, chỗ đầu: {where}. Không khôi phục từ bản này; "
        "hãy dùng bản khác hoặc bản trên thiết bị thứ hai."
    )


class OtherDatabase(ArchiveCorrupted):
    """Backup and office keep their registers in different sorts of database: rows are not carried over by hand."""

    code = "A463"
    exit_status = 64
    clerk_template = (
        "Bản sao lưu có sổ ở {theirs} còn văn phòng này dùng {ours} nên không gộp được; chưa đụng gì vào văn phòng. "
        "Hãy dùng bản sao lưu cùng loại, hoặc «vanthu rebuild --merge» để gộp từ kho và nhật ký đang có."
    )


class BackupOutOfDate(ArchiveCorrupted):
    """A server's backup has tables of another release, and these cannot be brought up beside the present ones."""

    code = "A465"
    clerk_template = (
        "Bản sao lưu thuộc phiên bản khác của chương trình nên chưa gộp được; sổ đang dùng đã được đặt lại như trước. "
        "Hãy khôi phục bản ấy vào thư mục trống, cơ sở dữ liệu trống («vanthu restore»), rồi sao lưu lại và gộp bản mới."
    )
