"""POST /api/pictures, GET /api/pictures/{id}: pictures in, pictures out."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, File, Query, Request, Response, UploadFile

from impasto.studio import codec, schemas
from impasto.studio.faults import NotFound
from impasto.studio.pictures import picture_id
from impasto.studio.web import shapes
from impasto.studio.web.answers import DESCRIBED, binary
from impasto.studio.web.house import Client, House, Id, InHouse, reader

router = APIRouter(prefix="/api/pictures", tags=["pictures"], responses=DESCRIBED)
IMAGES = binary(*codec.SUFFIXES)
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}


@router.post("", status_code=201)
async def upload(
    house: InHouse,
    client: Client,
    file: Annotated[UploadFile, File(description="a JPEG, PNG, WebP, TIFF, GIF, AVIF, HEIC or BMP")],
) -> schemas.Picture:
    """Takes a picture in: decoded, turned upright, brought to size, and encoded anew without its metadata.

    The same bytes give the same id.
    """
    house.uploads.take(client)
    async with house.uploading.one():
        data = await file.read()
        await file.close()
        return await house.heavy(partial(take_in, house, data))


def take_in(house: House, data: bytes) -> schemas.Picture:
    """Decodes and keeps a picture, unless it is there already. Raises BadPicture, TooLarge, Full."""
    identity = picture_id(data)
    try:
        row = house.desk.pictures.find(identity)
    except NotFound:
        row = house.desk.pictures.keep(identity, house.decoder.decode(data))
    return shapes.picture(row)


@router.get("/{identity}", response_class=Response, responses=IMAGES, dependencies=[Depends(reader)])
def fetch(
    house: InHouse, identity: Id, request: Request, size: Annotated[int | None, Query(ge=16, le=8192)] = None
) -> Response:
    """The picture, or a copy whose longer side is at most `size`."""
    row = house.desk.pictures.find(identity)
    tag = f'"{row.sha256[:24]}-{size or "full"}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={**FOREVER, "ETag": tag})
    data, media = house.desk.pictures.copy(row, size)
    return Response(data, media_type=media, headers={**FOREVER, "ETag": tag})


@router.get("/{identity}/thumbnail", response_class=Response, responses=IMAGES, dependencies=[Depends(reader)])
def thumbnail(house: InHouse, identity: Id) -> Response:
    """A small copy, WebP."""
    row = house.desk.pictures.find(identity)
    return Response(house.desk.pictures.thumbnail(row), media_type=codec.WEBP, headers=FOREVER)
