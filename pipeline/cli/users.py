"""Commands about people's accounts: user add, list, change, disable, enable, password, link, token."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime
from typing import Annotated

import typer

from pipeline.app import App
from pipeline.cli.common import Person, acting_person, put, put_json, say, the_office
from pipeline.cli.vietnamese import Command, Group
from pipeline.clock import OFFICE_ZONE
from pipeline.office_processes import running_at
from pipeline.roles import ROLE_WORDS, Role
from pipeline.stores.registers.people import People, PersonView, role_named, system_account
from pipeline.stores.registers.tokens import Tokens
from pipeline.web_address import Address

_Account = Annotated[str, typer.Argument(metavar="TÀI_KHOẢN", help="Tên tài khoản.")]
_RoleName = Annotated[str, typer.Option("--role", help=f"Vai trò: {', '.join(Role)}.")]
_FullName = Annotated[str, typer.Option("--name", help="Họ và tên.")]
_SystemAccount = Annotated[
    str,
    typer.Option(
        "--os-account",
        help="Tài khoản của người ấy trên máy chủ, chủ các tệp thả vào thư mục chung.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    users = typer.Typer(cls=Group, help="Tài khoản của người dùng trang web.", no_args_is_help=True)
    users.command("add", cls=Command)(add)
    users.command("list", cls=Command)(list_users)
    users.command("change", cls=Command)(change)
    users.command("disable", cls=Command)(disable)
    users.command("enable", cls=Command)(enable)
    users.command("password", cls=Command)(password)
    users.command("link", cls=Command)(link)
    tokens = typer.Typer(
        cls=Group,
        help="Mã truy cập để chương trình khác làm việc thay một người.",
        no_args_is_help=True,
    )
    tokens.command("add", cls=Command)(add_token)
    tokens.command("list", cls=Command)(list_tokens)
    tokens.command("close", cls=Command)(close_token)
    users.add_typer(tokens, name="token")
    app.add_typer(users, name="user")


def add(
    ctx: typer.Context,
    account: _Account,
    *,
    name: _FullName = "",
    role: _RoleName = Role.TRA_CUU.value,
    os_account: _SystemAccount = "",
    person: Person = "",
) -> None:
    """Lập tài khoản, in đường dẫn dùng một lần để người ấy tự đặt mật khẩu."""
    wanted = _role(role)
    with the_office(ctx, for_deed=True) as office:
        people = People(office.registers.db, office.clock)
        made = people.add(
            PersonView(
                account=account,
                full_name=name or account,
                role=wanted,
                is_active=True,
                os_account=system_account(os_account),
                has_password=False,
                made_at=None,
                last_login=None,
            ),
            acting_person(person),
        )
        say(f"Đã lập tài khoản «{made.account}», vai trò {ROLE_WORDS[made.role]}.")
        _put_link(made.account, office)


def list_users(
    ctx: typer.Context,
    *,
    json: Annotated[bool, typer.Option("--json", help="Mỗi tài khoản một dòng JSON.")] = False,
) -> None:
    """Các tài khoản."""
    with the_office(ctx) as office:
        everybody = People(office.registers.db, office.clock).all()
    for one in everybody:
        if json:
            put_json(one)
            continue
        came = _moment(one.last_login) if one.last_login else "chưa lần nào"
        closed = "" if one.is_active else "  (đã khóa)"
        put(f"{one.account}  {one.full_name}  {ROLE_WORDS[one.role]}  vào lần cuối: {came}{closed}")
    if not everybody and not json:
        say("Chưa có tài khoản nào. Lập người quản trị: vanthu user add TÀI_KHOẢN --role quan-tri")


def change(
    ctx: typer.Context,
    account: _Account,
    *,
    name: _FullName = "",
    role: _RoleName = "",
    os_account: _SystemAccount = "",
    person: Person = "",
) -> None:
    """Đổi họ tên, vai trò hoặc tài khoản máy chủ; để trống: giữ nguyên."""
    with the_office(ctx, for_deed=True) as office:
        now = People(office.registers.db, office.clock).change(
            account,
            acting_person(person),
            full_name=name or None,
            role=_role(role) if role else None,
            os_account=system_account(os_account) if os_account else None,
        )
    say(f"«{now.account}»: {now.full_name}, {ROLE_WORDS[now.role]}.")


def disable(ctx: typer.Context, account: _Account, *, person: Person = "") -> None:
    """Khóa tài khoản: người ấy không vào được nữa, việc đã làm vẫn còn trong nhật ký."""
    with the_office(ctx, for_deed=True) as office:
        People(office.registers.db, office.clock).change(
            account, acting_person(person), is_active=False
        )
    say(f"Đã khóa tài khoản «{account}».")


def enable(ctx: typer.Context, account: _Account, *, person: Person = "") -> None:
    """Mở lại tài khoản đã khóa."""
    with the_office(ctx, for_deed=True) as office:
        People(office.registers.db, office.clock).change(
            account, acting_person(person), is_active=True
        )
    say(f"Đã mở lại tài khoản «{account}».")


def password(ctx: typer.Context, account: _Account, *, person: Person = "") -> None:
    """Đặt mật khẩu mới: hỏi hai lần ở màn hình, hoặc đọc một dòng từ đầu vào."""
    with the_office(ctx, for_deed=True) as office:
        people = People(office.registers.db, office.clock)
        people.get(account)
        people.set_password(account, _asked_password(), acting_person(person))
    say(f"Đã đặt mật khẩu mới cho «{account}».")


def link(ctx: typer.Context, account: _Account) -> None:
    """In đường dẫn dùng một lần để người ấy tự đặt mật khẩu (trong ba ngày)."""
    with the_office(ctx) as office:
        _put_link(account, office)


def add_token(
    ctx: typer.Context,
    account: _Account,
    *,
    name: Annotated[str, typer.Option("--name", help="Mã dùng cho việc gì.")],
    person: Person = "",
) -> None:
    """Cấp mã truy cập cho một chương trình; mã chỉ được in ra một lần này."""
    with the_office(ctx, for_deed=True) as office:
        tokens = Tokens(office.registers.db, office.clock)
        made, code = tokens.add(account, name, acting_person(person))
    say(f"Mã truy cập số hiệu {made.id} của «{made.account}», dùng cho: {made.name}.")
    say("Hãy cất ngay dòng dưới đây vào chương trình cần dùng; không xem lại được.")
    put(code)


def list_tokens(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(metavar="[TÀI_KHOẢN]", help="Chỉ của người này.")] = "",
    *,
    json: Annotated[bool, typer.Option("--json", help="Mỗi mã một dòng JSON.")] = False,
) -> None:
    """Các mã truy cập đã cấp (không hiện mã)."""
    with the_office(ctx) as office:
        found = Tokens(office.registers.db, office.clock).all(account)
    for one in found:
        if json:
            put_json(one)
            continue
        closed = f"  (đã đóng {_moment(one.closed_at)})" if one.closed_at else ""
        used = _moment(one.last_used) if one.last_used else "chưa lần nào"
        made = _moment(one.made_at)
        put(f"{one.id}  {one.account}  {one.name}  cấp: {made}  dùng lần cuối: {used}{closed}")
    if not found and not json:
        say("Chưa cấp mã nào. Cấp: vanthu user token add TÀI_KHOẢN --name «việc»")


def close_token(
    ctx: typer.Context,
    token_id: Annotated[str, typer.Argument(metavar="SỐ_HIỆU", help="Số hiệu của mã.")],
    *,
    person: Person = "",
) -> None:
    """Đóng một mã truy cập: chương trình mang mã ấy không vào được nữa."""
    with the_office(ctx, for_deed=True) as office:
        closed = Tokens(office.registers.db, office.clock).close(token_id, acting_person(person))
    say(f"Đã đóng mã {closed.id} của «{closed.account}» ({closed.name}).")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(OFFICE_ZONE):%H:%M %d/%m/%Y}"


def _put_link(account: str, office: App) -> None:
    account, token = People(office.registers.db, office.clock).entry_token(account)
    web = office.office.web
    base = running_at(office.office) or Address(host=web.host, port=web.port).shown
    if web.names:
        base = f"{'https' if web.has_tls else 'http'}://{web.names[0]}"
    put(base + path_of_link(account, token))


def path_of_link(account: str, token: str) -> str:
    """The page where the person sets a password."""
    return f"/dat-mat-khau/{account}/{token}/"


def _asked_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Mật khẩu mới: ")
    if getpass.getpass("Nhập lại: ") != first:
        raise typer.BadParameter("hai lần nhập không giống nhau", param_hint="mật khẩu")
    return first


def _role(text: str) -> Role:
    role = role_named(text)
    if role is None:
        raise typer.BadParameter(f"chỉ có thể là: {', '.join(Role)}", param_hint="--role")
    return role
