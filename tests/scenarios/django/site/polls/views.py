from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import generic
from django.views.decorators.http import require_POST

from polls.models import Question


def asked():
    """Questions that are public already."""
    return Question.objects.filter(published__lte=timezone.now()).order_by("-published")


class Index(generic.ListView):
    template_name = "polls/index.html"

    def get_queryset(self):
        return asked()[:5]


class Detail(generic.DetailView):
    template_name = "polls/detail.html"

    def get_queryset(self):
        return asked()


class Results(Detail):
    template_name = "polls/results.html"


@require_POST
def vote(request, pk):
    question = get_object_or_404(asked(), pk=pk)
    chosen = request.POST.get("choice", "")
    choice = question.choices.filter(pk=chosen if chosen.isdecimal() else 0)
    if not choice.update(votes=F("votes") + 1):
        shown = {"question": question, "error": "Choose an answer"}
        return render(request, "polls/detail.html", shown, status=422)
    return redirect("polls:results", pk=question.pk)
