"""K264–K266, R390–R393: coming in by the directory (LDAP, Active Directory)."""

from __future__ import annotations

from typing import ClassVar

from pipeline.errors.base import KindInvalid, RecordRejected


class DirectoryLibraryMissing(KindInvalid):
    """K264: the office file names a directory, and the program has nothing to ask it with."""

    code: ClassVar[str] = "K264"
    clerk_template: ClassVar[str] = (
        "vanthu.toml có mục [dang_nhap_ldap] nhưng máy này chưa cài phần hỏi danh bạ. Hãy cài các gói hệ thống "
        "libldap2-dev, libsasl2-dev, gcc, python3-dev rồi chạy «pip install 'vanthu[ldap]'», hoặc bỏ mục ấy."
    )


class DirectorySecretWrong(KindInvalid):
    """K265: the password file of the account that looks for people cannot be used as it is."""

    code: ClassVar[str] = "K265"
    clerk_template: ClassVar[str] = (
        "Tệp mật khẩu của tài khoản đọc danh bạ «{file}» (mục tep_mat_khau) {why}."
    )


class DirectoryAuthorityMissing(KindInvalid):
    """K266: the certificate of whoever vouches for the directory's server is not there."""

    code: ClassVar[str] = "K266"
    clerk_template: ClassVar[str] = (
        "Không đọc được tệp chứng thư «{file}» (mục tep_ca). Hãy chép chứng thư của đơn vị cấp cho máy chủ danh bạ vào đó."
    )


class DirectoryDown(RecordRejected):
    """R390: the directory does not answer, or refuses us."""

    code: ClassVar[str] = "R390"
    clerk_template: ClassVar[str] = (
        "Danh bạ của cơ quan lúc này không trả lời nên chưa kiểm được mật khẩu. Hãy thử lại sau ít phút hoặc báo "
        "người quản trị; tài khoản lập riêng trong phần mềm vẫn vào được bằng mật khẩu của mình."
    )


class NoRoleInDirectory(RecordRejected):
    """R391: known to the directory, in none of the groups that have a role here."""

    code: ClassVar[str] = "R391"
    clerk_template: ClassVar[str] = (
        "Mật khẩu đúng nhưng tài khoản «{account}» chưa thuộc nhóm nào được dùng phần mềm văn thư. "
        "Hãy nhờ người quản trị danh bạ thêm vào nhóm."
    )


class AccountIsLocal(RecordRejected):
    """R392: somebody of our own has that account; the directory does not speak for him."""

    code: ClassVar[str] = "R392"
    clerk_template: ClassVar[str] = (
        "Tài khoản «{account}» được lập riêng trong phần mềm văn thư và chỉ vào bằng mật khẩu đặt ở đây, không bằng mật khẩu "
        "danh bạ. Hãy nhờ người quản trị."
    )


class PasswordElsewhere(RecordRejected):
    """R393: a person of the directory has no password of ours."""

    code: ClassVar[str] = "R393"
    clerk_template: ClassVar[str] = (
        "«{account}» vào bằng mật khẩu danh bạ của cơ quan. Hãy đổi mật khẩu ở danh bạ (như khi đổi mật khẩu đăng nhập máy tính)."
    )
