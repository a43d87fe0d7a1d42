/* Reads a calendar file with libical and checks it by the rules of iTIP (RFC 5546, 3.2), as calendar servers do.
 * Exit code 0 when nothing is wrong; else what is wrong is on standard output. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_all(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    size_t length = 0, room = 1 << 16;
    char *text = malloc(room);
    for (size_t got; text != NULL && (got = fread(text + length, 1, room - length - 1, file)) > 0;) {
        length += got;
        if (room - length == 1) text = realloc(text, room *= 2);
    }
    fclose(file);
    if (text != NULL) text[length] = 0;
    return text;
}

static int complain_of(icalcomponent *component) {
    int complaints = 0;
    for (icalproperty *property = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY); property != NULL;
         property = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY)) {
        printf("%s: %s\n", icalcomponent_kind_to_string(icalcomponent_isa(component)), icalproperty_get_xlicerror(property));
        complaints++;
    }
    for (icalcomponent *inner = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT); inner != NULL;
         inner = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT)) {
        complaints += complain_of(inner);
    }
    return complaints;
}

int main(int count, char **arguments) {
    char *text = count == 2 ? read_all(arguments[1]) : NULL;
    if (text == NULL) {
        puts("usage: check_calendar FILE, which can be read");
        return 2;
    }
    icalcomponent *calendar = icalparser_parse_string(text);
    if (calendar == NULL || icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT) {
        puts("no calendar");
        return 1;
    }
    int parsed = icalcomponent_count_errors(calendar);
    /* It adds what it finds to the components as X-LIC-ERROR. */
    int allowed = icalrestriction_check(calendar);
    int complaints = complain_of(calendar);
    icalcomponent_free(calendar);
    free(text);
    return parsed == 0 && allowed == 1 && complaints == 0 ? 0 : 1;
}
