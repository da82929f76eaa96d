use strict;
use warnings;
use JSON::PP;

binmode STDIN;
local $/;
my $event = decode_json(<STDIN>);
my @words = split ' ', $event->{text} // '';
print STDERR 'counting ', scalar @words, " words\n";
my %count;
$count{lc $_}++ for @words;
print encode_json({ words => scalar @words, different => scalar keys %count });
