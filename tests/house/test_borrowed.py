"""What the product takes of other packages beyond what they promise: a release that lacks it is told of here."""

import ast
import inspect
from importlib import import_module

import pytest
from django.template import TemplateDoesNotExist
from django.template.engine import Engine
from django.template.loader_tags import BlockNode, ExtendsNode

from cms.processes.layout import ROOT

PACKAGES = ("cms", "sites", "mailer", "sms", "campaigns", "registers", "organisations", "guards")
PROMISED = {"_meta", "_state", "_default_manager", "_base_manager", "_asdict", "_replace", "_exit"}
PRIVATE = {  # whose it is → what is called or overridden
    "django.core.files.storage.FileSystemStorage": ["_save"],
    "django.core.paginator.Paginator": ["_get_page"],
    "django.db.backends.base.schema.BaseDatabaseSchemaEditor": ["_constraint_names"],
    "django.db.models.QuerySet": ["_raw_delete"],
    "django.forms.formsets.BaseFormSet": ["_should_delete_form"],
    "django.forms.models.BaseModelForm": ["_get_validation_exclusions"],
    "django_tasks.backends.immediate.ImmediateBackend": ["_execute_task"],
    "reportlab.pdfgen.canvas.Canvas": ["_startPage"],
    "wagtail.admin.viewsets.model.ModelViewSet": ["_edit_handler"],
    "xlsxwriter.format.Format": ["_get_xf_index"],
    "xlsxwriter.worksheet.Worksheet": ["_check_dimensions", "_convert_date_time", "_write_single_row"],
    "xlsxwriter.xmlwriter.XMLwriter": ["_escape_control_characters", "_escape_data"],
}
OF_OBJECTS = {"_db", "_pagesize"}  # of a manager and of a canvas, which have it once they are made
REPLACED = [  # in which module Wagtail asks for what we put in the place of its own, and how
    ("wagtail.admin.auth", "return permission_denied(request)"),  # organisations.refusals
    ("wagtail.admin.views.account", "    form_class = NotificationPreferencesForm"),  # organisations.account
    ("wagtail.admin.views.account", "    form_class = LocalePreferencesForm"),
    ("wagtail.admin.views.page_privacy", "    form_class = "),  # organisations.privacy
    ("wagtail.admin.views.pages.listing", "    owner = MultipleUserFilter("),  # organisations.page_filters
    ("wagtail.admin.views.pages.listing", "    edited_by = EditedByFilter("),
    ("wagtail.admin.views.pages.listing", "    site = SiteFilter("),
    ("wagtail.admin.views.pages.edit", " send_notification("),  # organisations.comments
    ("wagtail.admin.views.bulk_action.registry", "for model in action_class.models:"),  # organisations.tags
    ("wagtail.admin.widgets.chooser", "instance = self.get_instance(value)"),  # organisations.choosers
]


def named(path):
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


@pytest.mark.parametrize(("owner", "name"), [(owner, name) for owner, names in PRIVATE.items() for name in names])
def test_private_names_that_are_used_are_there(owner, name):
    assert hasattr(named(owner), name), f"{owner} has no {name} any more: see who uses it (grep {name})"


@pytest.mark.parametrize(("module", "words"), REPLACED)
def test_what_is_replaced_is_still_asked_for(module, words):
    source = inspect.getsource(import_module(module))
    assert words in source, f"{module} does without “{words}”: what organisations.wagtail_hooks replaces there is idle"


def test_every_private_name_that_is_used_is_listed():
    known = {name for names in PRIVATE.values() for name in names} | PROMISED | OF_OBJECTS
    nodes = [
        node
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
    ]
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    used = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.endswith("__")
        and (node.attr not in own or ast.unparse(node.value) == "super()")
    }
    assert used == used & known, f"name whose they are in {__name__}: {sorted(used - known)}"


def find(name, skip=()):
    try:
        return Engine.get_default().find_template(name, skip=list(skip))[0]
    except TemplateDoesNotExist:
        pytest.fail(f"there is no {name} any more, which a template of ours is built upon")


def parents(template):
    """The templates that this one is built upon, the next first."""
    passed = [template.origin]
    while extends := template.nodelist.get_nodes_by_type(ExtendsNode):
        template = find(extends[0].parent_name.resolve({}), passed)
        passed.append(template.origin)
        yield template


def test_templates_fill_blocks_that_are_there():
    """One that is not is left out without a word."""
    idle = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        template = find(str(path.relative_to(ROOT / "templates")))
        there = {block.name for parent in parents(template) for block in parent.nodelist.get_nodes_by_type(BlockNode)}
        for extends in template.nodelist.get_nodes_by_type(ExtendsNode):
            filled = {node.name for node in extends.nodelist if isinstance(node, BlockNode)}
            idle += [f"{template.name}: {name}" for name in sorted(filled - there)]
    assert idle == []
