"""Forms of the accounts pages. Django words its own checks; labels come from our words in the visitor's language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from huaxiang.release.roles import ROLES
from huaxiang.server.accounts.models import USERNAME_RULE, User
from huaxiang.words import knows, say

PASSWORD_MAX = 128


class WordedForm(forms.Form):
    """A form whose field ``x`` is labelled with the words ``form.x``."""

    def __init__(self, *arguments: Any, lang: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.lang = lang
        for name, field in self.fields.items():
            field.label = say(f"form.{name}", lang)
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    def add_error(self, field: str | None, error: Any) -> None:
        """Keeps the problem in our own words where they know its code: Django's Chinese has gaps."""
        problems = ValidationError(error).error_list
        super().add_error(field, ValidationError([_worded(problem, self.lang) for problem in problems]))


def _worded(problem: ValidationError, lang: str) -> ValidationError:
    code = f"form.problem.{problem.code}"
    return ValidationError(say(code, lang, **(problem.params or {})), problem.code) if knows(code) else problem


class SignInForm(WordedForm):
    """Account name and password."""

    username = forms.CharField(
        max_length=64, widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "autofocus": True})
    )
    password = forms.CharField(
        max_length=PASSWORD_MAX, strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )


class NewPasswordForm(WordedForm):
    """A new password, typed twice and held against the rules for this person."""

    new_password = forms.CharField(
        max_length=PASSWORD_MAX, strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    repeated_password = forms.CharField(
        max_length=PASSWORD_MAX, strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, *arguments: Any, person: User, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.person = person
        self.fields["new_password"].help_text = say("form.new_password_help", self.lang)

    def clean(self) -> dict[str, Any]:
        """Checks the two passwords against each other and the first against the rules."""
        data = super().clean() or self.cleaned_data
        new, repeated = data.get("new_password"), data.get("repeated_password")
        if new and repeated and new != repeated:
            self.add_error("repeated_password", say("form.passwords_differ", self.lang))
        if new:
            self._hold_against_rules(new)
        return data

    def _hold_against_rules(self, password: str) -> None:
        try:
            validate_password(password, self.person)
        except ValidationError as problems:
            self.add_error("new_password", problems)


class FirstAdminForm(NewPasswordForm):
    """The first administrator chooses an account name and a password."""

    field_order = ("username", "new_password", "repeated_password")
    username = forms.CharField(
        max_length=64,
        validators=[USERNAME_RULE],
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )


class ChangePasswordForm(NewPasswordForm):
    """The present password, then the new one twice."""

    field_order = ("password", "new_password", "repeated_password")
    password = forms.CharField(
        max_length=PASSWORD_MAX, strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )

    def clean_password(self) -> str:
        """Refuses a present password that is not right."""
        password: str = self.cleaned_data["password"]
        if not self.person.check_password(password):
            raise ValidationError(say("form.password_wrong", self.lang))
        return password


class AccountForm(WordedForm):
    """What an administrator decides about a colleague. Stores are separated by commas; none means every store."""

    display_name = forms.CharField(max_length=80, required=False)
    role = forms.ChoiceField()
    stores = forms.CharField(max_length=2000, required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - tells the type checker what was declared above
        role.choices = [(known.role, known.title.say(self.lang)) for known in ROLES]
        self.fields["stores"].help_text = say("form.stores_help", self.lang)

    def clean_stores(self) -> list[str] | None:
        """The store codes in order without repeats; None for every store."""
        typed = self.cleaned_data["stores"].replace("，", ",").replace("、", ",").split(",")
        return list(dict.fromkeys(code for part in typed if (code := part.strip()))) or None


class InviteForm(AccountForm):
    """A new colleague's account name beside what is decided about everyone."""

    field_order = ("username", "display_name", "role", "stores")
    username = forms.CharField(max_length=64, validators=[USERNAME_RULE])

    def clean_username(self) -> str:
        """Refuses a name that is taken, whatever its capitals."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(say("form.username_taken", self.lang, username=username))
        return username
