# $argv[1]: the completion of fish; other arguments: lines. Prints for each one line: what is offered, between tabs.
source $argv[1]
for line in $argv[2..]
    set -l offered (complete -C $line | string replace -r '\t.*' '')
    echo (string join \t -- $offered)
end
