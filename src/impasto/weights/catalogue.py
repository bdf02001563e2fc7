"""What weights there are: file, address, checksum, size, licence and input convention of each, as facts.

Finding, fetching and verifying them is `store`'s work; reading them is `impasto.encoders.loading`'s.
"""

from dataclasses import dataclass

from impasto.errors import WeightsError, did_you_mean


@dataclass(frozen=True)
class Source:
    """One file of weights.

    name: what the user types.
    file: its name in the cache, and its key on a mirror.
    what: one line for the model list.
    licence: of the weights, not of the code that reads them.
    url: the well-known download; empty for embedded weights.
    sha256: all 64 hexadecimal digits, or as many of the first ones as are published; empty when none are.
    size: bytes, or None when it is not published.
    convention: how the first layer wants its input (`impasto.encoders.vgg.CONVENTIONS`), empty when that is not a question.
    """

    name: str
    file: str
    what: str
    licence: str
    url: str = ""
    sha256: str = ""
    size: int | None = None
    convention: str = ""

    @property
    def embedded(self) -> bool:
        """Whether the file travels with the package."""
        return not self.url


# The torchvision checksums begin with the eight digits in the file's name; the sizes and full checksums agree in several
# independent public records. Of the two Caffe conversions only those eight digits are published, so their sizes are left to
# the server's Content-Length. Beware: neural-style-pt's download script saves them again under the same name, so a copy
# from there is a good file with another checksum (its VGG-19 has 574,679,411 bytes).
_SOURCES = (
    Source(
        name="slim",
        file="slim-vgg.safetensors",
        what="slim VGG trained for Impasto; works offline",
        licence="Apache-2.0",
        sha256="f8efa62be1e0b4a59e30933c6386e2b136705220b53421f493474d2d1e64ce2f",
        size=897_276,
    ),
    Source(
        name="arbitrary",
        file="arbitrary.safetensors",
        what="any style in one pass: the networks, for training on",
        licence="Apache-2.0",
        sha256="2dfc15494904712eeb3b9acf19ecaa53d4517eef756cff4f2ac8ca4ce3fc4b67",
        size=2_911_206,
    ),
    Source(
        name="arbitrary-transfer",
        file="arbitrary-transfer.onnx",
        what="any style in one pass: the style transfer network, for --fast",
        licence="Apache-2.0",
        sha256="7ed60e4259aa86da3a272915f12687e040ae9889c3fcbddf6d0cd78f75a08ece",
        size=611_176,
    ),
    Source(
        name="arbitrary-transfer-int8",
        file="arbitrary-transfer-int8.onnx",
        what="the same in 8-bit integers, for processors that are quicker with them",
        licence="Apache-2.0",
        sha256="5bb083f560797cc177fa601e5ba835bf8139df409dcf3344629198262a2f02b9",
        size=509_900,
    ),
    Source(
        name="arbitrary-predict",
        file="arbitrary-predict.onnx",
        what="any style in one pass: the style prediction network, for --fast, its encoder in 8-bit integers",
        licence="Apache-2.0",
        sha256="0f3f621b15d6ac67abe917ca46dd7dc4eeffad9a60ef60089476f386a136c758",
        size=3_113_733,
    ),
    Source(
        name="vgg19",
        file="vgg19-dcbb9e9d.pth",
        what="VGG-19 (Simonyan and Zisserman 2015), trained by torchvision on ImageNet",
        licence="BSD-3-Clause",
        url="https://download.pytorch.org/models/vgg19-dcbb9e9d.pth",
        sha256="dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44",
        size=574_673_361,
        convention="torchvision",
    ),
    Source(
        name="vgg16",
        file="vgg16-397923af.pth",
        what="VGG-16 (Simonyan and Zisserman 2015), trained by torchvision on ImageNet",
        licence="BSD-3-Clause",
        url="https://download.pytorch.org/models/vgg16-397923af.pth",
        sha256="397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
        size=553_433_881,
        convention="torchvision",
    ),
    Source(
        name="vgg19-caffe",
        file="vgg19-d01eb7cb.pth",
        what="the authors' own VGG-19, converted from Caffe; what Gatys and neural-style use",
        licence="CC BY 4.0",
        url="https://web.eecs.umich.edu/~justincj/models/vgg19-d01eb7cb.pth",
        sha256="d01eb7cb",
        convention="caffe",
    ),
    Source(
        name="vgg16-caffe",
        file="vgg16-00b39a1b.pth",
        what="the authors' own VGG-16, converted from Caffe; what Johnson uses",
        licence="CC BY 4.0",
        url="https://web.eecs.umich.edu/~justincj/models/vgg16-00b39a1b.pth",
        sha256="00b39a1b",
        convention="caffe",
    ),
    Source(
        name="inception_v3",
        file="inception_v3_google-0cc3c7bd.pth",
        what="Inception-v3 (Szegedy et al. 2016), ported by torchvision from TensorFlow; Ghiasi's style encoder",
        licence="Apache-2.0",
        url="https://download.pytorch.org/models/inception_v3_google-0cc3c7bd.pth",
        sha256="0cc3c7bd75056d25e46cba549dc184522069b81e9787eff6df84f397bd52a5ef",
        size=108_949_747,
    ),
)

CATALOGUE: dict[str, Source] = {source.name: source for source in _SOURCES}


def source(name: str) -> Source:
    """The catalogue's entry. Raises WeightsError for an unknown name, with a suggestion."""
    try:
        return CATALOGUE[name]
    except KeyError:
        raise WeightsError(f"unknown weights '{name}'{did_you_mean(name, CATALOGUE)}") from None
