from django.contrib import admin

from polls.models import Choice, Question


class Choices(admin.TabularInline):
    model = Choice
    extra = 2


@admin.register(Question)
class Questions(admin.ModelAdmin):
    inlines = (Choices,)
    list_display = ("text", "published")
