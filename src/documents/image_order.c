#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "image_parts.h"

union order_room {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int) * ORDER_FDS)];
};

bool
image_order_send(int socket, const int fds[ORDER_FDS])
{
    char byte = 'o';
    struct iovec v = {&byte, 1};
    union order_room room = {0};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * ORDER_FDS);
    memcpy(CMSG_DATA(c), fds, sizeof(int) * ORDER_FDS);
    return sendmsg(socket, &m, MSG_NOSIGNAL) == 1;
}

bool
image_order_receive(int socket, int fds[ORDER_FDS])
{
    char byte;
    struct iovec v = {&byte, 1};
    union order_room room = {0};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
    ssize_t n;
    do
        n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    struct cmsghdr *c = n == 1 ? CMSG_FIRSTHDR(&m) : NULL;
    if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
        c->cmsg_len != CMSG_LEN(sizeof(int) * ORDER_FDS))
        return false;
    memcpy(fds, CMSG_DATA(c), sizeof(int) * ORDER_FDS);
    return true;
}
