"""GET and POST /api/styles, DELETE /api/styles/{id}."""

from fastapi import APIRouter, Depends, Response

from impasto.studio import schemas
from impasto.studio.web import shapes
from impasto.studio.web.answers import DESCRIBED, refusals
from impasto.studio.web.house import Client, Id, InHouse, reader

router = APIRouter(prefix="/api/styles", tags=["styles"], responses=DESCRIBED)


@router.get("", dependencies=[Depends(reader)])
def listed(house: InHouse) -> schemas.Styles:
    """The samples that come with the package, then the styles that users keep, newest first."""
    return schemas.Styles(styles=[shapes.style(row) for row in house.desk.styles.all()])


@router.post("", status_code=201)
def add(house: InHouse, client: Client, wanted: schemas.StyleRequest) -> schemas.Style:
    """Keeps an uploaded picture as a style."""
    house.uploads.take(client)
    return shapes.style(house.desk.styles.add(wanted.picture, wanted.name))


@router.delete("/{identity}", status_code=204, responses=refusals(_409="A sample stays."))
def remove(house: InHouse, client: Client, identity: Id) -> Response:
    """Forgets a user's style. Paintings made with it stay."""
    house.uploads.take(client)
    house.desk.styles.remove(identity)
    return Response(status_code=204)
