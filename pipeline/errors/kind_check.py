"""K280–K299: what `vanthu kinds check` finds in a kind that runs; told as findings, never raised."""

from __future__ import annotations

from pipeline.errors.base import KindInvalid


class PlaceholderUnfed(KindInvalid):
    """A template names what no property, table or fact feeds."""

    code = "K280"
    clerk_template = "Chỗ điền «{name}»{paragraph} không có trường nào điền vào. {nearest}"


class FieldNotShown(KindInvalid):
    """A property that no template prints and no expression reads."""

    code = "K281"
    clerk_template = (
        "Trường «{name}» ({title}) không mẫu nào in và không biểu thức nào dùng. "
        "Hãy in ra ở page.html và body.docx, hoặc bỏ trường ấy."
    )


class BranchNotVisited(KindInvalid):
    """A branch of a template that no example goes through."""

    code = "K282"
    clerk_template = (
        "Chưa có bản ghi mẫu nào đi qua nhánh «{branch}»{paragraph}. "
        "Hãy thêm vào examples/ một bản ghi đi qua nhánh ấy, hoặc bỏ nhánh."
    )


class LevelNotVisited(KindInvalid):
    """A value of a list that no example has."""

    code = "K283"
    clerk_template = (
        "Chưa có bản ghi mẫu nào chọn «{level}» ở trường «{name}» ({title}). "
        "Hãy thêm vào examples/ một bản ghi như thế."
    )


class RuleNotBroken(KindInvalid):
    """A rule that no wrong example breaks."""

    code = "K284"
    clerk_template = (
        "Chưa có bản ghi sai nào phạm quy tắc «{rule}». "
        'Hãy thêm vào examples/sai/ một bản ghi phạm nó, với "_loi": ["{rule}"].'
    )


class WrongExampleUntrue(KindInvalid):
    """A wrong example that breaks nothing, or something else than it says."""

    code = "K285"
    clerk_template = (
        "Bản ghi sai này nói sẽ phạm {said}, nhưng khi kiểm thì phạm {found}. "
        "Hãy sửa bản ghi hoặc sửa «_loi»."
    )


class ExampleRefused(KindInvalid):
    """A good example that the kind itself refuses."""

    code = "K286"
    clerk_template = (
        "Bản ghi mẫu bị chính loại này từ chối: {problem} Hãy sửa bản ghi hoặc sửa quy tắc."
    )


class DirectFormatting(KindInvalid):
    """Looks set by hand, past the named styles."""

    code = "K287"
    clerk_template = (
        "Có định dạng trực tiếp ({what}){paragraph}. "
        "Hãy xóa định dạng ấy (trong Word: Ctrl+Space, Ctrl+Q) và dùng kiểu «VT …»."
    )


class StyleNotOurs(KindInvalid):
    """A style or class the layout profile does not have."""

    code = "K288"
    clerk_template = (
        "Kiểu «{style}» không có trong hồ sơ thể thức{paragraph}. Hãy dùng kiểu «VT …». {nearest}"
    )


class OutsideLink(KindInvalid):
    """A template reaches outside of its own and the shared folder."""

    code = "K289"
    clerk_template = "Mẫu trỏ ra ngoài: «{target}» ({why}). Hãy bỏ đi, hoặc chép tệp ấy vào thư mục của loại hay _shared."


class MediaDiffer(KindInvalid):
    """DOCX and PDF of one example do not say the same words."""

    code = "K290"
    clerk_template = (
        "Bản Word và bản PDF không cùng lời (bản mẫu {variant}), từ đoạn thứ {at}: "
        "Word «{docx}», PDF «{pdf}». Hãy sửa body.docx hoặc page.html."
    )


class WordsNotPrinted(KindInvalid):
    """Words of page.html that cannot be read in the finished PDF."""

    code = "K291"
    clerk_template = (
        "Bản PDF không in ra chữ «{words}» của page.html. Hãy xem page.css có giấu chữ nào không."
    )


class ExpectedDiffers(KindInvalid):
    """The words of the example are no longer those of expected.txt."""

    code = "K292"
    clerk_template = (
        "Lời của bản mẫu «{example}» khác expected.txt: chờ «{expected}», nay là «{found}». "
        "Nếu lời mới đúng thì ghi lại expected.txt, không thì sửa mẫu."
    )


class ExampleUnreadable(KindInvalid):
    """No example at all, or one that is not a JSON object as it should be."""

    code = "K293"
    clerk_template = "{why} Hãy xem lại thư mục examples/."


class KindNotThere(KindInvalid):
    """A kind asked for by a name that no folder has."""

    code = "K294"
    clerk_template = "Không có loại văn bản nào tên «{name}». Có: {known}."


class TemplateMissing(KindInvalid):
    """An output is promised and the template that makes it is not there."""

    code = "K295"
    clerk_template = (
        "Loại này hứa bản «{output}» nhưng không có tệp «{file}». Hãy thêm tệp hoặc bớt «outputs»."
    )
