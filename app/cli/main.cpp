// The command line's main function.
int main() { return 2; }
