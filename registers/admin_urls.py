from django.urls import path

from registers.views import access, bulk, contacts, exports, groups, imports, listing, registers, segments, suppressions

app_name = "registers"

urlpatterns = [
    path("registers/", registers.RegisterListView.as_view(), name="index"),
    path("registers/add/", registers.AddRegisterView.as_view(), name="add"),
    path("registers/<int:register_pk>/", listing.ContactListView.as_view(), name="contacts"),
    path(
        "registers/<int:register_pk>/results/",
        listing.ContactListView.as_view(results_only=True),
        name="contact_results",
    ),
    path("registers/<int:register_pk>/settings/", registers.EditRegisterView.as_view(), name="edit"),
    path("registers/<int:register_pk>/delete/", registers.DeleteRegisterView.as_view(), name="delete"),
    path("registers/<int:register_pk>/columns/", listing.ChooseColumnsView.as_view(), name="columns"),
    path("registers/<int:register_pk>/bulk/", bulk.BulkView.as_view(), name="bulk"),
    path("registers/<int:register_pk>/export/", exports.ExportView.as_view(), name="export"),
    path("registers/<int:register_pk>/contacts/add/", contacts.AddContactView.as_view(), name="add_contact"),
    path("registers/<int:register_pk>/import/", imports.UploadView.as_view(), name="import"),
    path("registers/<int:register_pk>/imports/", imports.ImportListView.as_view(), name="imports"),
    path("registers/<int:register_pk>/groups/add/", groups.AddGroupView.as_view(), name="add_group"),
    path("registers/<int:register_pk>/segments/add/", segments.AddSegmentView.as_view(), name="add_segment"),
    path("registers/<int:register_pk>/segments/count/", segments.CountView.as_view(), name="segment_count"),
    path("contacts/<int:pk>/", contacts.ContactView.as_view(), name="contact"),
    path("contacts/<int:pk>/edit/", contacts.EditContactView.as_view(), name="edit_contact"),
    path("contacts/<int:pk>/delete/", contacts.DeleteContactView.as_view(), name="delete_contact"),
    path("imports/<int:pk>/", imports.ImportStepView.as_view(), name="import_step"),
    path("imports/<int:pk>/progress/", imports.ProgressView.as_view(), name="import_progress"),
    path("imports/<int:pk>/confirm/", imports.ConfirmView.as_view(), name="import_confirm"),
    path("imports/<int:pk>/choices/", imports.AddChoicesView.as_view(), name="import_choices"),
    path("imports/<int:pk>/cancel/", imports.CancelView.as_view(), name="import_cancel"),
    path("imports/<int:pk>/rejects/", imports.RejectsView.as_view(), name="import_rejects"),
    path("contact_groups/", groups.GroupListView.as_view(), name="groups"),
    path("contact_groups/<int:pk>/", groups.GroupView.as_view(), name="group"),
    path("contact_groups/<int:pk>/results/", groups.GroupView.as_view(results_only=True), name="group_results"),
    path("contact_groups/<int:pk>/edit/", groups.EditGroupView.as_view(), name="edit_group"),
    path("contact_groups/<int:pk>/delete/", groups.DeleteGroupView.as_view(), name="delete_group"),
    path("contact_groups/<int:pk>/add/", groups.AddMembersView.as_view(), name="add_members"),
    path(
        "contact_groups/<int:pk>/add/results/",
        groups.AddMembersView.as_view(results_only=True),
        name="add_member_results",
    ),
    path("segments/", segments.SegmentListView.as_view(), name="segments"),
    path("segments/<int:pk>/", segments.EditSegmentView.as_view(), name="segment"),
    path("segments/<int:pk>/delete/", segments.DeleteSegmentView.as_view(), name="delete_segment"),
    path("access/", access.AccessLogView.as_view(), name="access"),
    path("access/results/", access.AccessLogView.as_view(results_only=True), name="access_results"),
    path("suppressions/", suppressions.SuppressionView.as_view(), name="suppressions"),
]
