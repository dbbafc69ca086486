"""What do the words mean? Every term the pages use, in one list."""

from leapdash.show.answers import glossary
from leapdash.show.dashboard import frame, layout

answer = glossary.answer(frame.begin())
layout.sentence(answer)
for section in answer.sections:
    layout.show(answer, *section.make())
