"""The two ways in which Shopify says no: userErrors in the data, and errors beside it."""

from dataclasses import dataclass

from graphql import GraphQLError


@dataclass(frozen=True, slots=True)
class UserError:
    """One entry of `userErrors`; types without `code` do not show it."""

    field: tuple[str, ...] | None
    message: str
    code: str | None = None
    element_index: int | None = None


class Refused(Exception):  # the business answer "no"
    """A mutation was refused; nothing was changed."""

    def __init__(self, *errors: UserError) -> None:
        super().__init__(errors[0].message)
        self.errors = list(errors)


def refused(field: str | None, message: str, code: str | None = None) -> Refused:
    """One user error; `field` is a path with dots, or None."""
    return Refused(UserError(tuple(field.split(".")) if field else None, message, code))


def bad_request(message: str) -> GraphQLError:
    """An error beside the data: the request itself is wrong."""
    return GraphQLError(message, extensions={"code": "BAD_REQUEST"})


def invalid_id(gid: str) -> GraphQLError:
    """A global id of another type than the field takes."""
    return GraphQLError(f"Invalid id: {gid}", extensions={"code": "RESOURCE_NOT_FOUND"})


def not_approved() -> GraphQLError:
    """The app has not declared its use of customer data."""
    text = "This app is not approved to access the Order object."
    return GraphQLError(text, extensions={"code": "ACCESS_DENIED"})


def access_denied(field: str, scopes: tuple[str, ...]) -> GraphQLError:
    """The token lacks every one of these scopes; writing includes reading, so only one of them is named."""
    named = [one for one in scopes if one.startswith("read_")] or scopes
    needed = " or ".join(f"`{one}`" for one in named) + " access scope."
    extensions = {
        "code": "ACCESS_DENIED",
        "documentation": "https://shopify.dev/api/usage/access-scopes",
        "requiredAccess": needed,
    }
    return GraphQLError(f"Access denied for {field} field. Required access: {needed}", extensions=extensions)
