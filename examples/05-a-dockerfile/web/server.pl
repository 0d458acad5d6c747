use strict;
use warnings;
use IO::Socket::INET;

open my $file, '<', 'page.html' or die "page.html: $!";
my $page = join '', <$file>;
my $length = length $page;

my $door = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 64, ReuseAddr => 1)
    or die "port $ENV{PORT}: $!";
$SIG{TERM} = sub { exit 0 };
while (my $caller = $door->accept) {
    while (my $line = <$caller>) { last if $line =~ /^\r?\n$/ }
    print $caller "HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n",
        "Content-Length: $length\r\n\r\n$page";
    close $caller;
}
