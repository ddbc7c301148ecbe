"""From a config file, the environment and the credentials to settings, or to every reason why not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from syncd.config.file import File, read_file
from syncd.config.layers import Layer, Line, Place
from syncd.config.overrides import from_credentials, from_environment
from syncd.config.problems import Places, Problem, from_pydantic
from syncd.config.rules import contradictions
from syncd.config.settings import Settings
from syncd.config.warnings import warnings
from syncd.errors import ConfigError

DEFAULT_FILES = (Path("syncd.toml"), Path("/etc/syncd/syncd.toml"))


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings without problems, the file they are from, and a line for each warning.

    `lacking` has a line for each secret that is missing, where that is no problem. `places` knows where each
    key is set.
    """

    settings: Settings
    path: Path
    warnings: tuple[str, ...]
    lacking: tuple[str, ...] = ()
    places: Places = field(default_factory=lambda: Places((), Place(0, 0, "")))

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Say what was found out about the settings later, as if it had been when they were loaded.

        Raises:
            ConfigError: There is something.
        """
        if lines := _texts(map(self.places.line, problems)):
            raise _unusable(self.path, lines)

    def with_logins(self) -> Settings:
        """The settings for who calls an API after all.

        Raises:
            ConfigError: Secrets are missing.
        """
        if self.lacking:
            raise _unusable(self.path, self.lacking)
        return self.settings


def find_config(explicit: Path | None, env: Mapping[str, str]) -> Path:
    """The config file: the one named, else `$SYNCD_CONFIG`, else the first default that exists.

    Raises:
        ConfigError: None is named and none exists.
    """
    if named := explicit or (Path(env["SYNCD_CONFIG"]) if env.get("SYNCD_CONFIG") else None):
        return named
    for path in DEFAULT_FILES:
        if _may_exist(path):
            return path
    looked = " or ".join(str(path) for path in DEFAULT_FILES)
    raise ConfigError(
        f"there is no {looked}", hint="syncd config example > syncd.toml, or name a file with -c"
    )


def credentials_in(env: Mapping[str, str]) -> Path | None:
    """The folder of the service's credentials (systemd: LoadCredential=)."""
    return Path(env["CREDENTIALS_DIRECTORY"]) if env.get("CREDENTIALS_DIRECTORY") else None


def load(path: Path, env: Mapping[str, str], credentials: Path | None, *, logins: bool = True) -> Loaded:
    """The settings from all sources, the later over the earlier.

    Who calls neither API, or only perhaps, says `logins=False`: then secrets may be missing or not readable.

    Raises:
        ConfigError: With all problems at once, each with its place.
    """
    file = read_file(path)
    from_env, env_lines = from_environment(env, _shop_names(file.layer))
    names = _shop_names(file.layer, from_env)
    from_dir, dir_lines = from_credentials(credentials, names, all_of_them=logins)
    layers = (file.layer, from_env, from_dir)
    places = Places(layers, file.place)
    settings, problems = _build(layers)
    lacking = [] if logins else [problem for problem in problems if problem.lacks_secret]
    wrong = [problem for problem in problems if problem not in lacking]
    lines = [*map(places.line, wrong), *_public_secret(file), *env_lines, *dir_lines]
    if lines:
        raise _unusable(path, _texts(lines))
    told = _texts(map(places.line, warnings(settings)))
    return Loaded(settings, path, told, _texts(map(places.line, lacking)), places)


def _unusable(path: Path, lines: Sequence[str]) -> ConfigError:
    what = f"{path} cannot be used: {len(lines)} problem{'s' * (len(lines) > 1)}"
    return ConfigError(what, problems=lines)


def _may_exist(path: Path) -> bool:
    """Whether it is there, or perhaps is: then reading it will tell what is wrong.

    Nobody means a file in a current folder that this user may not enter, as after `sudo -u syncd`.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except PermissionError:
        return path.is_absolute()
    except OSError:
        return True
    return True


def _shop_names(*layers: Layer) -> list[str]:
    tables = (layer.values.get("shops") for layer in layers)
    return [name for shops in tables if isinstance(shops, dict) for name in shops]


def _build(layers: tuple[Layer, ...]) -> tuple[Settings, list[Problem]]:
    """The settings, and what is wrong.

    Rules between keys are checked even if some values are wrong: those fall back to their defaults, and what
    a rule says about them is left out.
    """
    try:
        settings = Settings.from_layers(layers)
    except ValidationError as error:
        problems = list(from_pydantic(error))
    else:
        return settings, list(contradictions(settings))
    bad = [problem.key for problem in problems]
    settings = Settings.from_layers(tuple(layer.without(bad) for layer in layers))
    rules = (rule for rule in contradictions(settings) if not any(rule.touches(path) for path in bad))
    return settings, [*problems, *rules]


def _public_secret(file: File) -> list[Line]:
    """The first secret of a file that everybody on this machine may read."""
    if not file.is_public:
        return []
    settings, _ = _build((file.layer,))
    hint = f"chmod o-r {file.path}"
    places = Places((file.layer,), file.place)
    problems = (
        Problem(key, "is a secret, and everybody may read this file", hint)
        for key, _ in settings.secret_items()
    )
    return sorted(map(places.line, problems))[:1]


def _texts(lines: Iterable[Line]) -> tuple[str, ...]:
    return tuple(text for _, text in sorted(dict.fromkeys(lines)))
