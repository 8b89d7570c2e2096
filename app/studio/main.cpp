// The program itself.
int main() { return 0; }
