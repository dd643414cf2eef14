"""The projects that have sent something."""

from fastapi import APIRouter

from sightline.query import as_datetime, projects
from sightline.serve.api.asking import AskerParam
from sightline.serve.models import Project, ProjectsResponse

router = APIRouter(tags=["projects"])


@router.get("/projects", response_model=ProjectsResponse, summary="List projects")
async def get_projects(asker: AskerParam) -> ProjectsResponse:
    """Every project with its number of spans and when the last arrived."""
    rows = await asker.answer(projects(asker.reader))
    return ProjectsResponse(
        projects=[Project(name=row["name"], spans=row["spans"], last_received=as_datetime(row["last_received_ns"])) for row in rows]
    )
