/* The entry points of sdtapi, Termb and WltRS over a folder of files (FAKE_CARD_DIR), for tests.
 *
 * card        256 bytes of text and 1,024 of photo: a card lies there       address   its newest address, 70 bytes
 * generation  a number that changes when a card is laid down                read      the generation that was read
 * port        the one port where a reader hangs; no file: unplugged         fault     "FUNCTION what [once]"
 * Get…        what a Termb function of that name hands over
 *
 * what: crash, hang, or the number to return. Like the makers' libraries it prints and leaves files behind.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *place(const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("FAKE_CARD_DIR"), name);
    return path;
}

static int take(const char *name, unsigned char *into, int room) {
    FILE *file = fopen(place(name), "rb");
    if (!file) return -1;
    int got = (int)fread(into, 1, (size_t)room, file);
    fclose(file);
    return got;
}

static int number(const char *name, int otherwise) {
    char text[32] = {0};
    return take(name, (unsigned char *)text, sizeof text - 1) > 0 ? atoi(text) : otherwise;
}

/* Plays the fault ordered for a function; otherwise gives back what it was going to return. */
static int answer(const char *function, int usual) {
    char text[128] = {0}, name[64] = {0}, what[32] = {0}, how_often[16] = {0};
    printf("%s is called\n", function);
    fflush(stdout);
    if (take("fault", (unsigned char *)text, sizeof text - 1) <= 0) return usual;
    sscanf(text, "%63s %31s %15s", name, what, how_often);
    if (strcmp(name, function) != 0) return usual;
    if (strcmp(how_often, "once") == 0) unlink(place("fault"));
    if (strcmp(what, "crash") == 0) raise(SIGSEGV);
    if (strcmp(what, "hang") == 0) for (;;) pause();
    return atoi(what);
}

static int here(int port) { return number("port", -1) == port; }
static int plugged(void) { return number("port", -1) >= 0; }
static int card_waits(void) {
    unsigned char any;
    return take("card", &any, 1) == 1 && number("read", 0) != number("generation", 0);
}
static void mark_read(void) {
    int generation = number("generation", 0);
    FILE *file = fopen(place("read"), "wb");
    if (file) { fprintf(file, "%d", generation); fclose(file); }
}
static void leave(const char *name) {
    FILE *file = fopen(name, "wb");
    if (file) { fputs("left behind", file); fclose(file); }
}

int SDT_OpenPort(int port) { return answer("SDT_OpenPort", here(port) ? 0x90 : 1); }
int SDT_ClosePort(int port) { (void)port; return answer("SDT_ClosePort", 0x90); }
int SDT_ResetSAM(int port, int open) { (void)open; return answer("SDT_ResetSAM", here(port) ? 0x90 : 1); }
int SDT_GetSAMStatus(int port, int open) { (void)open; return answer("SDT_GetSAMStatus", here(port) ? 0x90 : 1); }
int SDT_GetSAMIDToStr(int port, char *text, int open) {
    (void)open;
    strcpy(text, "05.01-20090101-0000012345-987654321");
    return answer("SDT_GetSAMIDToStr", here(port) ? 0x90 : 1);
}
int SDT_StartFindIDCard(int port, unsigned char *out, int open) {
    (void)open;
    memset(out, 0, 4);
    return answer("SDT_StartFindIDCard", !here(port) ? 1 : card_waits() ? 0x9F : 0x80);
}
int SDT_SelectIDCard(int port, unsigned char *out, int open) {
    (void)open;
    memset(out, 0, 8);
    return answer("SDT_SelectIDCard", !here(port) ? 1 : card_waits() ? 0x90 : 0x81);
}
int SDT_ReadBaseMsg(int port, unsigned char *text, unsigned *text_length, unsigned char *photo, unsigned *photo_length,
                    int open) {
    unsigned char both[1280];
    (void)open;
    int result = answer("SDT_ReadBaseMsg", !here(port) ? 1 : card_waits() ? 0x90 : 0x41);
    if (result != 0x90) return result;
    if (take("card", both, sizeof both) != sizeof both) return 0x41;
    memcpy(text, both, 256);
    memcpy(photo, both + 256, 1024);
    *text_length = 256;
    *photo_length = 1024;
    mark_read();
    return result;
}
int SDT_ReadNewAppMsg(int port, unsigned char *out, unsigned *length, int open) {
    (void)port; (void)open;
    int got = take("address", out, 70);
    int result = answer("SDT_ReadNewAppMsg", got > 0 ? 0x90 : 0x91);
    *length = got > 0 ? (unsigned)got : 0;
    return result;
}

int CVR_InitComm(int port) { return answer("CVR_InitComm", here(port) ? 1 : 2); }
int CVR_CloseComm(void) { return answer("CVR_CloseComm", 1); }
int CVR_Authenticate(void) { return answer("CVR_Authenticate", !plugged() ? 0 : card_waits() ? 1 : 2); }
int CVR_Read_Content(int active) {
    (void)active;
    int result = answer("CVR_Read_Content", card_waits() ? 1 : 0);
    leave("wz.txt");
    if (result == 1) mark_read();
    return result;
}
static int hand_over(const char *name, unsigned char *out, int *length) {
    int got = take(name, out, *length);
    *length = got > 0 ? got : 0;
    return answer(name, got >= 0);
}
#define FIELD(name) int name(unsigned char *out, int *length) { return hand_over(#name, out, length); }
#ifdef WIDE
FIELD(GetPeopleNameU) FIELD(GetPeopleSexU) FIELD(GetNationCodeU) FIELD(GetPeopleBirthdayU) FIELD(GetPeopleAddressU)
FIELD(GetPeopleIDCodeU) FIELD(GetDepartmentU) FIELD(GetStartDateU) FIELD(GetEndDateU) FIELD(GetPeopleChineseNameU)
FIELD(GetPeopleCertVersionU) FIELD(GetNewAppMsgU) FIELD(GetCertTypeU) FIELD(GetPassCheckIDU)
#else
FIELD(GetPeopleName) FIELD(GetPeopleSex) FIELD(GetNationCode) FIELD(GetPeopleBirthday) FIELD(GetPeopleAddress)
FIELD(GetPeopleIDCode) FIELD(GetDepartment) FIELD(GetStartDate) FIELD(GetEndDate) FIELD(GetPeopleChineseName)
FIELD(GetPeopleCertVersion) FIELD(GetNewAppMsg) FIELD(GetCertType) FIELD(GetPassCheckID)
#endif
FIELD(GetBMPData)
int GetIssuesNum(int *count) { *count = number("GetIssuesNum", 0); return answer("GetIssuesNum", 1); }

int GetBmp(char *path, int interface) {
    unsigned char photo[1024], head[54] = {'B', 'M'};
    char beside[4096];
    (void)interface;
    int result = answer("GetBmp", 1);
    FILE *file = fopen(path, "rb");
    if (!file || fread(photo, 1, sizeof photo, file) != sizeof photo) return -1;
    fclose(file);
    snprintf(beside, sizeof beside, "%.*s.bmp", (int)(strlen(path) - 4), path);
    head[14] = 40; head[18] = 102; head[22] = 126; head[26] = 1; head[28] = 24; head[10] = 54;
    if (!(file = fopen(beside, "wb"))) return -2;
    fwrite(head, 1, sizeof head, file);
    for (int at = 54; at < 38862; at++) fputc(photo[at % 1024], file);
    fclose(file);
    return result;
}
