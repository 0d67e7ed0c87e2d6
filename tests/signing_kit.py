"""Papers with true digital signatures, by an authority of our own that lives for one test session."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import segno
from asn1crypto import keys, x509
from cryptography import x509 as crypto_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image, ImageDraw
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pipeline.engines import raster

SIGNER = "Nguyễn Trường Giang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A root and one person it vouches for."""

    root: crypto_x509.Certificate
    signer: signers.SimpleSigner

    def trusted_in(self, folder: Path) -> None:
        """Put the root where an office looks for those it trusts."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "goc.pem").write_bytes(self.root.public_bytes(serialization.Encoding.PEM))


def make_authority() -> Authority:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name("Ban Cơ yếu thử nghiệm")
    root = _certificate(root_name, root_name, (root_key, root_key), is_root=True)
    own = _certificate(_name(SIGNER), root_name, (key, root_key), is_root=False)
    store = SimpleCertificateStore()
    store.register(_asn1(root))
    private = keys.PrivateKeyInfo.load(
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    signer = signers.SimpleSigner(signing_cert=_asn1(own), signing_key=private, cert_registry=store)
    return Authority(root=root, signer=signer)


def sign(source: Path, out: Path, authority: Authority, *, field: str = "ChuKy1") -> Path:
    """*source* with a signature over the whole of it, invisible on the page."""
    with source.open("rb") as stream, out.open("w+b") as target:
        writer = IncrementalPdfFileWriter(stream, strict=False)
        about = signers.PdfSignatureMetadata(field_name=field, reason="Ban hành")
        signers.sign_pdf(writer, about, signer=authority.signer, output=target)
    return out


def add_note_behind(source: Path, out: Path) -> Path:
    """What somebody changed after the signature, as an honest increment: page 1 lies turned."""
    from pyhanko.pdf_utils.generic import NameObject, NumberObject

    with source.open("rb") as stream, out.open("w+b") as target:
        writer = IncrementalPdfFileWriter(stream, strict=False)
        page = writer.root["/Pages"]["/Kids"][0]
        page[NameObject("/Rotate")] = NumberObject(90)
        writer.update_container(page)
        writer.write(target)
    return out


def _name(common: str) -> crypto_x509.Name:
    return crypto_x509.Name([crypto_x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    subject: crypto_x509.Name,
    issuer: crypto_x509.Name,
    pair: tuple[ec.EllipticCurvePrivateKey, ec.EllipticCurvePrivateKey],
    *,
    is_root: bool,
) -> crypto_x509.Certificate:
    now = datetime.now(UTC)
    key, signing = pair
    usage = crypto_x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        crypto_x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(crypto_x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(crypto_x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(signing, hashes.SHA256())
    )


def _asn1(certificate: crypto_x509.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def scan(pdf, tmp_path, *, pages=None, tilt=1.2, written="", code="", dpi=150, kind="PDF"):
    """What a scanner makes of the printed paper once it is signed and sealed: crooked, with a red seal over the name."""
    pictures = []
    for page in range(pages or raster.page_count(pdf)):
        at = min(page, raster.page_count(pdf) - 1)
        raster.write_png(pdf, at, tmp_path / "trang.png", dpi=dpi)
        with Image.open(tmp_path / "trang.png") as opened_page:
            picture = opened_page.convert("RGB")
        draw = ImageDraw.Draw(picture)
        mm = dpi / 25.4
        box = [102 * mm, 225 * mm, 138 * mm, 261 * mm]
        draw.ellipse(box, outline=(190, 30, 40), width=round(1.2 * mm))
        draw.line([120 * mm, 230 * mm, 150 * mm, 245 * mm, 165 * mm, 232 * mm], (20, 30, 120), 4)
        if written:
            draw.text((30 * mm, 30 * mm), written, fill=(20, 30, 120))
        if code:
            drawn = io.BytesIO()
            segno.make_qr(code, error="m").save(drawn, kind="png", scale=5)
            picture.paste(Image.open(drawn).convert("RGB"), (round(25 * mm), round(250 * mm)))
        pictures.append(picture.rotate(tilt, fillcolor=(240, 240, 236), resample=Image.BILINEAR))
    out = io.BytesIO()
    more = {"save_all": True, "append_images": pictures[1:]} if kind in {"PDF", "TIFF"} else {}
    pictures[0].save(out, kind, resolution=dpi, dpi=(dpi, dpi), **more)
    return out.getvalue()
